using System.Text.RegularExpressions;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ssh;

/// <summary>What ssh-audit says of us.</summary>
public sealed partial class AuditTests(Keyring keys)
{
    private readonly string _audit = Require.Program("ssh-audit", "ssh-audit");

    [Fact]
    public async Task Nothing_of_hardened_fails_and_of_default_only_the_NIST_curves()
    {
        await using var server = await WharfdProcess.StartSftpAsync(
            keys, "--trusted", "127.0.0.0/8", "--listen", "sftp://127.0.0.1:0?algorithms=hardened");
        var ordinary = await AuditAsync(server, server.SshPorts[0]);
        var hardened = await AuditAsync(server, server.SshPorts[1]);
        Assert.Contains("curve25519-sha256", hardened.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[fail]", hardened.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("nistp", hardened.Text, StringComparison.Ordinal);

        string[] failing = [.. Failing().Matches(ordinary.Text).Select(match => match.Groups[1].Value)];
        Assert.Equal(["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "ecdsa-sha2-nistp256"], failing);
    }

    /// <summary>Its exit code is 2 for what it does not know, such as keys exchanged by ML-KEM, and 3 for what fails.</summary>
    private async Task<ClientResult> AuditAsync(WharfdProcess server, int port)
    {
        var run = await Tool.RunAsync(_audit, ["-n", "-4", "-p", $"{port}", "127.0.0.1"], server.Folder);
        Assert.True(run.ExitCode is 0 or 2 or 3, $"{run}");
        Assert.Equal(run.Text.Contains("[fail]", StringComparison.Ordinal), run.ExitCode == 3);
        return run;
    }

    [GeneratedRegex(@"^\(\w+\) (\S+) .*-- \[fail\]", RegexOptions.Multiline)]
    private static partial Regex Failing();
}
