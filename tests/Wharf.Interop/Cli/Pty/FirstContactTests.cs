using System.Security.Cryptography.X509Certificates;
using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Cli.Pty;

/// <summary>The shell on a terminal meets a server for the first time, and again, and another one in its place.</summary>
public sealed class FirstContactTests(RemoteServers servers)
{
    private const string Sure = "Are you sure you want to continue connecting (yes/no/[fingerprint])?";

    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.WharfdSftp)]
    public async Task A_host_key_that_nobody_knows_is_shown_and_asked_about(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new ShellDesk(server);
        var (type, fingerprint) = desk.HostKey;
        string question = $"""
            127.0.0.1 port {server.Port} is not known.
            Its {type} key has the fingerprint
              {fingerprint}
            Only the server's operator can say whether that is right.
            {Sure}
            """;
        await using (var doubtful = desk.Meet())
        {
            await doubtful.ShowsAsync(question);
            doubtful.Type("perhaps\r");
            await doubtful.ShowsAsync($"{question} perhaps\nPlease type 'yes', 'no' or the fingerprint:");
            doubtful.Type("no\r");
            Assert.Equal((int)Wharf.Cli.ExitCode.Trust, await doubtful.ExitAsync());
            Assert.StartsWith($"{question} perhaps\nPlease type 'yes', 'no' or the fingerprint: no\nwharf: ", doubtful.Text, StringComparison.Ordinal);
            Assert.False(File.Exists(desk.KnownHosts));
        }

        await using (var sure = desk.Meet())
        {
            await sure.ShowsAsync(question);
            sure.Type($"{fingerprint}\r");
            await sure.ShowsAsync($"{question} {fingerprint}\nPassword of {desk.Who}:");
            sure.Type($"{server.Password}\r");
            await sure.ShowsAsync($"{question} {fingerprint}\nPassword of {desk.Who}:\n{desk.Prompt}");
            sure.Type("bye\r");
            Assert.Equal(0, await sure.ExitAsync());
        }

        await using (var again = desk.Meet())
        {
            await again.ShowsAsync($"Password of {desk.Who}:");
            again.Type("\x03");
            Assert.Equal((int)Wharf.Cli.ExitCode.Interrupted, await again.ExitAsync());
        }

        // Somebody else answers at that address: the key there is another one now.
        string known = await File.ReadAllTextAsync(desk.KnownHosts, TestContext.Current.CancellationToken);
        string[] words = known.TrimEnd().Split(' ');
        byte[] key = Convert.FromBase64String(words[2]);
        key[^1] ^= 1;
        await File.WriteAllTextAsync(desk.KnownHosts, $"{words[0]} {words[1]} {Convert.ToBase64String(key)}\n", TestContext.Current.CancellationToken);
        await using var changed = desk.Meet();
        Assert.Equal((int)Wharf.Cli.ExitCode.Trust, await changed.ExitAsync());
        string told = Unbroken(changed.Text);
        Assert.Contains(Unbroken("host key has changed"), told, StringComparison.Ordinal);
        Assert.Contains(fingerprint, told, StringComparison.Ordinal);
        Assert.Contains(ShellDesk.Show(key), told, StringComparison.Ordinal);
        Assert.Contains($"{desk.KnownHosts}", told, StringComparison.Ordinal);
        Assert.Contains(Unbroken("operator confirms the new key"), told, StringComparison.Ordinal);
        Assert.DoesNotContain(Unbroken(Sure), told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_shown_and_asked_about()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdTls);
        using var desk = new ShellDesk(server);
        string url = "ftpes" + desk.Url["ftp".Length..];
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(server.Certificate);
        string fingerprint = ShellDesk.Show(certificate.RawData);
        string question = $"Its certificate has the fingerprint\n  {fingerprint}\nOnly the server's operator can say whether that is right.\n{Sure}";
        string pins = desk.Desk.LocalPath(".config/wharf/trusted-certificates");
        await using (var doubtful = desk.Meet(url))
        {
            await doubtful.UntilAsync(screen => screen.Text.EndsWith(question, StringComparison.Ordinal), question);
            Assert.StartsWith($"The certificate of 127.0.0.1 port {server.Port} is not trusted: ", doubtful.Text, StringComparison.Ordinal);
            doubtful.Type("no\r");
            Assert.Equal((int)Wharf.Cli.ExitCode.Trust, await doubtful.ExitAsync());
            Assert.False(File.Exists(pins));
        }

        await using (var sure = desk.Meet(url))
        {
            await sure.UntilAsync(screen => screen.Text.EndsWith(question, StringComparison.Ordinal), question);
            sure.Type("yes\r");
            await sure.UntilAsync(screen => screen.Text.EndsWith($"{Sure} yes\nPassword of {desk.Who}:", StringComparison.Ordinal));
            sure.Type($"{server.Password}\r");
            await sure.UntilAsync(screen => screen.Text.EndsWith($"Password of {desk.Who}:\n{desk.Prompt}", StringComparison.Ordinal));

            // The data connection is of the same server, and nothing is asked again.
            sure.Type("ls\rbye\r");
            Assert.Equal(0, await sure.ExitAsync());
            Assert.EndsWith($"{desk.Prompt} ls\n{desk.Prompt} bye", sure.Text, StringComparison.Ordinal);
        }

        Assert.Equal($"127.0.0.1:{server.Port} {fingerprint}\n", await File.ReadAllTextAsync(pins, TestContext.Current.CancellationToken));
        await using (var again = desk.Meet(url))
        {
            await again.ShowsAsync($"Password of {desk.Who}:");
        }

        string other = ShellDesk.Show("another certificate"u8);
        await File.WriteAllTextAsync(pins, $"127.0.0.1:{server.Port} {other}\n", TestContext.Current.CancellationToken);
        await using var changed = desk.Meet(url);
        Assert.Equal((int)Wharf.Cli.ExitCode.Trust, await changed.ExitAsync());
        // Where the terminal breaks lines depends on how long paths are; a blank there is not seen.
        string told = Unbroken(changed.Text);
        Assert.Contains(Unbroken("it has changed"), told, StringComparison.Ordinal);
        Assert.Contains(fingerprint, told, StringComparison.Ordinal);
        Assert.Contains(other, told, StringComparison.Ordinal);
        Assert.Contains(Unbroken("operator confirms the new one, remove that line"), told, StringComparison.Ordinal);
        Assert.DoesNotContain(Unbroken(Sure), told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.Wharfd)]
    public async Task A_password_is_not_shown_and_asked_for_again_when_it_was_wrong(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new ShellDesk(server);
        await using var shell = desk.Meet(null, kind == RemoteKind.Wharfd ? WharfTool.Clear : ["--known-hosts", server.KnownHosts]);
        string question = $"Password of {desk.Who}:";
        await shell.ShowsAsync(question);
        shell.Type("not-the-one\r");
        await shell.ShowsAsync($"{question}\nThat was refused. {question}");
        shell.Type($"typo\x15{server.Password[..^1]}x\x7f{server.Password[^1]}\r");
        await shell.ShowsAsync($"{question}\nThat was refused. {question}\n{desk.Prompt}");

        // Further connections of the same server get what was typed.
        shell.Type("pwd\r");
        await shell.ShowsAsync($"{question}\nThat was refused. {question}\n{desk.Prompt} pwd\nRemote working directory: {desk.Desk.Folder}\n{desk.Prompt}");
        shell.Type("bye\r");
        Assert.Equal(0, await shell.ExitAsync());
        Assert.DoesNotContain(server.Password, shell.Written, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-one", shell.Written, StringComparison.Ordinal);
        Assert.DoesNotContain("*", shell.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_job_has_to_ask_waits_until_the_line_is_typed()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new ShellDesk(server);
        File.WriteAllText(desk.Desk.RemotePath("a.txt"), "a\n");
        await using var shell = desk.Open();
        await shell.ShowsAsync("wharf>");
        shell.Type($"get {desk.Url}/a.txt &\rech");
        await shell.UntilAsync(screen => screen.Text.EndsWith("A job has a question: Enter shows it.\nwharf> ech", StringComparison.Ordinal));
        shell.Type("o first\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith(Sure, StringComparison.Ordinal));
        shell.Type("yes\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith($"Password of {desk.Who}:", StringComparison.Ordinal) || screen.Text.EndsWith("Enter shows it.\nwharf>", StringComparison.Ordinal));
        if (shell.Text.EndsWith('>'))
        {
            // The line of the next command came before the job was back.
            shell.Type("\r");
            await shell.UntilAsync(screen => screen.Text.EndsWith($"Password of {desk.Who}:", StringComparison.Ordinal));
        }

        shell.Type($"{server.Password}\r");
        await shell.UntilAsync(screen => screen.Contains("[1] Done       get ") && screen.Text.EndsWith("\nwharf>", StringComparison.Ordinal));
        Assert.True(shell.See(screen => screen.Contains("\nfirst\n")));
        Assert.Equal("a\n", await File.ReadAllTextAsync(desk.Desk.LocalPath("a.txt"), TestContext.Current.CancellationToken));
        shell.Type("bye\r");
        Assert.Equal(0, await shell.ExitAsync());
    }

    private static string Unbroken(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
