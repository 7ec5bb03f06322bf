using System.Net;
using Wharf.Interop.Support;
using Wharf.Ssh.Keys;

namespace Wharf.Interop.Clients;

/// <summary>OpenSSH's ssh-keygen reads what we write, and makes what we read: keys of each kind, and certificates.</summary>
public sealed class SshKeygenTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-keygen-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ssh-ed25519", "ED25519")]
    [InlineData("ecdsa-sha2-nistp256", "ECDSA")]
    [InlineData("ecdsa-sha2-nistp384", "ECDSA")]
    [InlineData("ecdsa-sha2-nistp521", "ECDSA")]
    [InlineData("ssh-rsa", "RSA")]
    public async Task Ssh_keygen_reads_what_we_write(string type, string shown)
    {
        using var key = SigningKey.Generate(type);
        string file = PrivateFile("ours", PrivateKeyFile.Write(key, "from wharf"));
        var told = await KeygenAsync("-y", "-f", file);
        Assert.Equal(new PublicKeyLine(key.Public, "from wharf").ToString(), told.Text.Trim());
        told = await KeygenAsync("-l", "-f", file);
        Assert.Contains(key.Public.Fingerprint, told.Text, StringComparison.Ordinal);
        Assert.Contains($"({shown})", told.Text, StringComparison.Ordinal);

        // It signs with the private half, and checks that.
        string text = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(text, "anything", TestContext.Current.CancellationToken);
        await KeygenAsync("-Y", "sign", "-f", file, "-n", "file", text);
    }

    [Theory]
    [InlineData("ssh-ed25519", "-t", "ed25519")]
    [InlineData("ecdsa-sha2-nistp256", "-t", "ecdsa", "-b", "256")]
    [InlineData("ecdsa-sha2-nistp384", "-t", "ecdsa", "-b", "384")]
    [InlineData("ecdsa-sha2-nistp521", "-t", "ecdsa", "-b", "521")]
    [InlineData("ssh-rsa", "-t", "rsa", "-b", "2048")]
    [InlineData("ssh-rsa", "-t", "rsa", "-b", "3072")]
    [InlineData("ssh-rsa", "-t", "rsa", "-b", "2048", "-m", "PEM")]
    [InlineData("ssh-rsa", "-t", "rsa", "-b", "2048", "-m", "PKCS8")]
    [InlineData("ecdsa-sha2-nistp256", "-t", "ecdsa", "-b", "256", "-m", "PEM")]
    [InlineData("ecdsa-sha2-nistp521", "-t", "ecdsa", "-b", "521", "-m", "PKCS8")]
    public async Task We_read_what_ssh_keygen_makes(string type, params string[] kind)
    {
        string file = await MakeAsync("theirs", kind);
        using var key = PrivateKeyFile.Read(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), out _);
        Assert.Equal(type, key.Public.Type);
        Assert.Equal(Line(file + ".pub").Key, key.Public);
        Assert.Contains(key.Public.Fingerprint, (await KeygenAsync("-l", "-f", file + ".pub")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-m", "RFC4716")]
    [InlineData("-m", "PEM")]
    [InlineData("-m", "PKCS8")]
    public async Task An_encrypted_key_is_refused_with_what_to_do(params string[] form)
    {
        string file = Path.Combine(_folder, "encrypted");
        await KeygenAsync(["-q", "-t", "rsa", "-b", "2048", "-N", "secret", "-f", file, .. form]);
        byte[] content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("ssh-keygen -p", Assert.Throws<KeyFormatException>(() => PrivateKeyFile.Read(content, out _)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ed25519", "ed25519")]
    [InlineData("ecdsa", "rsa")]
    [InlineData("rsa", "ecdsa")]
    public async Task Certificates_that_ssh_keygen_makes_are_accepted_and_refused_as_they_say(string authorityKind, string userKind)
    {
        string authority = await MakeAsync("ca", "-t", authorityKind);
        string user = await MakeAsync("user", "-t", userKind);
        var keys = AuthorizedKeys.Parse("cert-authority " + await File.ReadAllTextAsync(authority + ".pub", TestContext.Current.CancellationToken));
        Assert.Empty(keys.Problems);

        Assert.Null(await AskAsync("-n", "alice,bob"));
        Assert.Null(await AskAsync("-n", "alice", "-V", "-1m:+1h", "-z", "7"));
        Assert.Equal("the certificate has expired", await AskAsync("-n", "alice", "-V", "20200101:20200102"));
        Assert.Equal("the certificate is not valid yet", await AskAsync("-n", "alice", "-V", "+1h:+2h"));
        Assert.Equal("the certificate is for other principals", await AskAsync("-n", "bob"));
        Assert.Equal("the certificate names no principals", await AskAsync());
        Assert.Equal("the certificate is for a host", await AskAsync("-h", "-n", "alice"));
        Assert.Null(await AskAsync("-n", "alice", "-O", "source-address=10.0.0.0/8,127.0.0.0/8"));
        Assert.Equal("the certificate is not valid from this address", await AskAsync("-n", "alice", "-O", "source-address=10.0.0.0/8"));
        Assert.Null(await AskAsync("-n", "alice", "-O", "force-command=internal-sftp"));
        Assert.NotNull(await AskAsync("-n", "alice", "-O", "force-command=/bin/sh"));
        Assert.Equal(
            "the certificate has the unknown critical option 'new@example.com'",
            await AskAsync("-n", "alice", "-O", "critical:new@example.com=anything"));
        Assert.Null(await AskAsync("-n", "alice", "-O", "extension:new@example.com=anything"));

        string other = await MakeAsync("other-ca", "-t", authorityKind);
        Assert.Equal("the certificate's CA is not authorized", await AskByAsync(other, "-n", "alice"));

        Task<string?> AskAsync(params string[] arguments) => AskByAsync(authority, arguments);

        async Task<string?> AskByAsync(string by, params string[] arguments)
        {
            await KeygenAsync(["-q", "-s", by, "-I", "a test", .. arguments, user + ".pub"]);
            return keys.RefusalToAsk(Line(user + "-cert.pub").Key, "alice", IPAddress.Loopback, Now);
        }
    }

    [Fact]
    public async Task A_certificate_signed_by_RSA_with_SHA_1_is_refused()
    {
        string authority = await MakeAsync("ca", "-t", "rsa");
        string user = await MakeAsync("user", "-t", "ed25519");
        await KeygenAsync("-q", "-s", authority, "-t", "rsa-sha2-256", "-I", "a test", "-n", "alice", user + ".pub");
        Assert.NotNull(Certificate.Parse(Line(user + "-cert.pub").Key));
        await KeygenAsync("-q", "-s", authority, "-t", "ssh-rsa", "-I", "a test", "-n", "alice", user + ".pub");
        Assert.Throws<KeyFormatException>(() => Line(user + "-cert.pub"));
    }

    private static PublicKeyLine Line(string file) => PublicKeyLine.Parse(File.ReadAllText(file));

    private async Task<string> MakeAsync(string name, params string[] kind)
    {
        string file = Path.Combine(_folder, name);
        await KeygenAsync(["-q", "-N", "", "-C", "made for a test", "-f", file, .. kind]);
        return file;
    }

    private string PrivateFile(string name, byte[] content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private async Task<ClientResult> KeygenAsync(params string[] arguments) =>
        (await Tool.RunAsync(Require.Program("ssh-keygen", "openssh-client"), arguments, _folder)).Succeeded();
}
