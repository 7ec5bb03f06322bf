using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh.Keys;
using Wharf.Ssh.KnownHosts;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client.Ssh;

/// <summary>Whole logins through the connector, in memory: whose key is trusted, who gets in, and what the user is told.</summary>
public sealed class SshConnectorTests
{
    [Fact]
    public async Task A_known_host_and_a_right_password_give_a_session()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        await desk.LogInAsync();
        Assert.Equal(["files.example:22"], desk.Dialled);
        Assert.Equal(1, desk.Pair.LoggedIn);
    }

    [Fact]
    public async Task An_unknown_host_is_refused_and_its_fingerprint_shown()
    {
        await using var desk = new SshDesk();
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains(SshPair.HostKey.Public.Fingerprint, refused.Message, StringComparison.Ordinal);
        Assert.Contains("not known", refused.Message, StringComparison.Ordinal);
        Assert.Contains(SshDesk.KnownHostsPath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, desk.Pair.LoggedIn);
        Assert.Null(await desk.Disk.StatAsync(VirtualPath.Parse(SshDesk.KnownHostsPath), LinkHandling.Follow, SshDesk.Cancel));
    }

    [Fact]
    public async Task A_changed_key_is_refused_with_its_line_and_nobody_is_asked()
    {
        await using var desk = new SshDesk();
        using var other = SigningKey.Generate("ssh-ed25519");
        await desk.WriteAsync(SshDesk.KnownHostsPath, $"# a comment\n\nfiles.example {new PublicKeyLine(other.Public, "")}\n");
        desk.Options = desk.Options with { HostKeyDecision = (_, _) => throw new InvalidOperationException("asked") };
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains("has changed", refused.Message, StringComparison.Ordinal);
        Assert.Contains(SshDesk.KnownHostsPath + ":3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_although_it_is_known()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync(SshDesk.KnownHostsPath, $"{SshDesk.ServerLine}\n@revoked * {new PublicKeyLine(SshPair.HostKey.Public, "")}\n");
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains("revoked", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_host_is_written_down_for_its_owner_alone_and_not_asked_about_again()
    {
        await using var desk = new SshDesk();
        await desk.Disk.MakeDirectoryAsync(VirtualPath.Parse("/home"), null, SshDesk.Cancel);
        await desk.Disk.MakeDirectoryAsync(VirtualPath.Parse("/home/bob"), null, SshDesk.Cancel);
        var asked = new List<HostKeyQuestion>();
        desk.Options = desk.Options with
        {
            Port = 2222,
            HostKeyDecision = (question, _) =>
            {
                asked.Add(question);
                return new(HostKeyAnswer.AcceptAndRemember);
            },
        };
        await desk.LogInAsync();
        await desk.LogInAsync();
        var question = Assert.Single(asked);
        Assert.Equal(("files.example", 2222, "ssh-ed25519"), (question.Host, question.Port, question.KeyType));
        Assert.Equal($"[files.example]:2222 {new PublicKeyLine(SshPair.HostKey.Public, "")}\n", await desk.ReadAsync(SshDesk.KnownHostsPath));
        var file = await desk.Disk.StatAsync(VirtualPath.Parse(SshDesk.KnownHostsPath), LinkHandling.Follow, SshDesk.Cancel);
        var folder = await desk.Disk.StatAsync(VirtualPath.Parse("/home/bob/.ssh"), LinkHandling.Follow, SshDesk.Cancel);
        Assert.Equal(0x180, file!.Mode);
        Assert.Equal(0x1C0, folder!.Mode);
    }

    [Fact]
    public async Task A_host_is_hashed_where_the_file_is_and_the_last_line_gets_its_end()
    {
        await using var desk = new SshDesk();
        string other = $"{HostPattern.Hash("other.example", Wharf.Ssh.Randomness.System)} {new PublicKeyLine(SshPair.HostKey.Public, "")}";
        await desk.WriteAsync(SshDesk.KnownHostsPath, other);
        desk.Options = desk.Options with { HostKeyDecision = (_, _) => new(HostKeyAnswer.AcceptAndRemember) };
        await desk.LogInAsync();
        string[] lines = (await desk.ReadAsync(SshDesk.KnownHostsPath)).Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal(other, lines[0]);
        Assert.StartsWith("|1|", lines[1], StringComparison.Ordinal);
        desk.Options = desk.Options with { HostKeyDecision = null };
        await desk.LogInAsync();
    }

    [Fact]
    public async Task A_host_accepted_once_is_not_written_down()
    {
        await using var desk = new SshDesk();
        desk.Options = desk.Options with { HostKeyDecision = (_, _) => new(HostKeyAnswer.AcceptOnce) };
        await desk.LogInAsync();
        Assert.Null(await desk.Disk.StatAsync(VirtualPath.Parse(SshDesk.KnownHostsPath), LinkHandling.Follow, SshDesk.Cancel));
    }

    [Fact]
    public async Task A_wrong_password_is_a_refused_login_that_says_what_was_offered_and_tried()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        desk.Options = desk.Options with { Password = (count, _) => new(count < 3 ? "wrong" : null) };
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.LoginRefused, refused.Error);
        Assert.Contains("it offers publickey, password, keyboard-interactive; tried were password", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_file_logs_in_and_a_broken_one_is_a_line_in_the_log()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        await using var desk = new SshDesk(SshPair.Start(key: key.Public));
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        await desk.WriteAsync("/home/bob/.ssh/broken", "no key at all");
        await desk.WriteAsync("/home/bob/.ssh/deploy", PrivateKeyFile.Write(key, "deploy"));
        desk.Options = desk.Options with { Password = null, Identities = [new("~/.ssh/broken"), new("~/.ssh/missing"), new("~/.ssh/deploy")] };
        await desk.LogInAsync();
        Assert.Contains(desk.Pair.Log.Texts, line => line.Contains("/broken is not tried", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_common_cipher_names_what_the_server_offers()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        desk.Options = desk.Options with { Algorithms = SshPair.Quick with { Ciphers = ["aes128-cbc"] } };
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotOffered, refused.Error);
        Assert.Contains("aes128-gcm@openssh.com", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_by_the_clock()
    {
        await using var desk = new SshDesk();
        var (client, server) = MemoryConnection.Pair();
        desk.Dials = _ => new(client);
        var connecting = desk.ConnectAsync();
        await desk.Pair.Clock.TimerDueIn(desk.Options.Timeouts.Connect);
        Assert.False(connecting.IsCompleted);
        desk.Pair.Clock.Advance(desk.Options.Timeouts.Connect);
        Assert.Equal(ConnectionError.TimedOut, (await Assert.ThrowsAsync<ConnectionException>(() => connecting)).Error);
        server.Abort();
    }

    [Fact]
    public async Task A_cancelled_connect_is_cancelled_at_once_and_the_server_sees_the_end()
    {
        await using var desk = new SshDesk();
        var (client, server) = MemoryConnection.Pair();
        desk.Dials = _ => new(client);
        using var cancel = new CancellationTokenSource();
        var connecting = desk.ConnectAsync(cancel.Token);
        Assert.NotEqual(0, await server.ReceiveAsync(new byte[1], desk.Pair.Token));
        await cancel.CancelAsync();

        // No clock is turned: nothing is waited for.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(desk.Pair.Token));
        Assert.True(server.IsAborted);
    }

    [Fact]
    public async Task The_time_in_which_somebody_is_asked_does_not_count()
    {
        await using var desk = new SshDesk();
        var limit = desk.Options.Timeouts.Connect;
        int asked = 0;
        ValueTask<T> Think<T>(T answer)
        {
            asked++;
            desk.Pair.Clock.Advance(limit + limit);
            return new(answer);
        }

        desk.Options = desk.Options with
        {
            HostKeyDecision = (_, _) => Think(HostKeyAnswer.AcceptOnce), Password = (_, _) => Think<string?>(SshPair.Password),
        };
        await desk.LogInAsync();
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_server_without_SFTP_says_so()
    {
        await using var desk = new SshDesk(SshPair.Start(options => options with { Services = [] }));
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotOffered, refused.Error);
        Assert.Contains("has no sftp to offer", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12u, ConnectionError.Busy)]
    [InlineData(14u, ConnectionError.LoginRefused)]
    [InlineData(11u, ConnectionError.Lost)]
    public async Task The_words_of_a_server_that_leaves_are_kept_and_shown_escaped(uint reason, ConnectionError error)
    {
        await using var desk = new SshDesk();
        var (client, server) = MemoryConnection.Pair();
        desk.Dials = _ => new(client);
        byte[] words = Golden.Write(new Disconnect(reason, "no\u001b[1m place", ""));
        int fill = 8 - ((words.Length + 5) % 8) + 4;
        fill += (words.Length + 5 + fill) % 8 == 0 ? 0 : 8 - ((words.Length + 5 + fill) % 8);
        byte[] packet = [0, 0, 0, (byte)(words.Length + 1 + fill), (byte)fill, .. words, .. new byte[fill]];
        await server.SendAsync((byte[])[.. "SSH-2.0-scripted\r\n"u8, .. packet], SshDesk.Cancel);
        await server.FinishAsync(SshDesk.Cancel);
        var refused = await desk.RefusedAsync();
        Assert.Equal(error, refused.Error);
        Assert.Contains(" place", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Message, char.IsControl);
    }

    [Fact]
    public async Task A_server_that_closes_before_its_version_is_busy()
    {
        await using var desk = new SshDesk();
        var (client, server) = MemoryConnection.Pair();
        desk.Dials = _ => new(client);
        await server.DisposeAsync();
        Assert.Equal(ConnectionError.Busy, (await desk.RefusedAsync()).Error);
    }

    [Fact]
    public async Task What_is_not_SSH_breaks_the_protocol()
    {
        await using var desk = new SshDesk();
        var (client, server) = MemoryConnection.Pair();
        desk.Dials = _ => new(client);
        await server.SendAsync("SSH-1.5-old\r\n"u8.ToArray(), SshDesk.Cancel);
        await server.FinishAsync(SshDesk.Cancel);
        Assert.Equal(ConnectionError.Protocol, (await desk.RefusedAsync()).Error);
    }
}
