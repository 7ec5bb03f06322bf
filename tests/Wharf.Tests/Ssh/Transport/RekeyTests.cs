using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Ssh;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Transport;

/// <summary>New keys under load: by bytes and by time, begun by either side or both, and nothing of it is seen above.</summary>
public sealed class RekeyTests
{
    private const int FileBytes = 6_000_000;
    private const long FewBytes = 300_000;
    private static readonly TimeSpan ShortTime = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("curve25519-sha256", true, false)]
    [InlineData("curve25519-sha256", false, true)]
    [InlineData("curve25519-sha256", true, true)]
    [InlineData("mlkem768x25519-sha256", true, true)]
    public async Task Keys_change_by_bytes_again_and_again_while_files_go_up_and_down(string keyExchange, bool clientBegins, bool serverBegins)
    {
        var algorithms = SshPair.Quick with { KeyExchanges = [keyExchange], Ciphers = ["chacha20-poly1305@openssh.com"] };
        await using var pair = SshPair.Start(
            options => options with { Algorithms = algorithms, Limits = new() { RekeyBytes = serverBegins ? FewBytes : long.MaxValue } });
        await using var client = await pair.LogInAsync(new() { RekeyBytes = clientBegins ? FewBytes : long.MaxValue }, algorithms: algorithms);
        await TransferBothWaysAsync(pair, client, () => { });
        Assert.InRange(client.Exchanges, FileBytes / FewBytes / 2, int.MaxValue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_change_by_time_again_and_again_while_files_go_up_and_down(bool clientBegins)
    {
        var timed = new SshLimits { RekeyTime = ShortTime, ExchangeTime = TimeSpan.FromDays(1000) };
        var untimed = timed with { RekeyTime = TimeSpan.Zero };
        await using var pair = SshPair.Start(options => options with { Limits = clientBegins ? untimed : timed });
        await using var client = await pair.LogInAsync(clientBegins ? timed : untimed);
        int pieces = 0;
        await TransferBothWaysAsync(pair, client, () =>
        {
            if (Interlocked.Increment(ref pieces) % 8 == 0)
            {
                pair.Clock.Advance(ShortTime + TimeSpan.FromSeconds(1));
            }
        });
        Assert.InRange(client.Exchanges, 5, int.MaxValue);
    }

    [Fact]
    public async Task A_session_that_is_silent_for_long_agrees_on_new_keys_with_its_next_message()
    {
        await using var pair = SshPair.Start();
        await using var client = await pair.LogInAsync();
        var sftp = await pair.OpenSftpAsync(client);
        pair.Clock.Advance(new SshLimits().RekeyTime + TimeSpan.FromSeconds(1));
        await sftp.AskAsync(id => new Stat(id, "/"u8.ToArray()), pair.Token);
        await sftp.AskAsync(id => new Stat(id, "/"u8.ToArray()), pair.Token);
        await Eventually(() => client.Exchanges > 1, pair);
    }

    [Fact]
    public async Task T14_within_a_rekey_nothing_else_is_taken_from_a_client_that_has_begun_it()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("drain");
        await client.BeginAsync();
        await client.SendAsync(new ChannelData(channel, new byte[10]));
        await client.ReceiveToEndAsync();
        Assert.Contains("within a key exchange", await pair.EndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, pair.Drain.Received);
    }

    [Fact]
    public async Task What_a_client_sent_before_it_saw_our_KEXINIT_is_taken()
    {
        await using var pair = SshPair.Start(options => options with { Limits = new() { RekeyBytes = 50_000 } });
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("drain");
        for (int i = 0; i < 100; i++)
        {
            await client.SendAsync(new ChannelData(channel, new byte[1000]));
        }

        byte[] servers = await client.NextAsync(KexInit.Number);
        await client.SendAsync(new ChannelData(channel, new byte[1000]));
        await client.AnswerExchangeAsync(servers);
        await client.SendAsync(new ChannelData(channel, new byte[1000]));
        await Eventually(() => pair.Drain.Received == 102_000, pair);
    }

    [Fact]
    public async Task T25_a_rekey_that_the_client_does_not_go_on_with_ends_in_time()
    {
        await using var pair = SshPair.Start(options => options with { Limits = new() { RekeyBytes = 50_000 } });
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("drain");
        await client.SendAsync(new ChannelData(channel, new byte[30_000]));
        await client.SendAsync(new ChannelData(channel, new byte[30_000]));
        await client.NextAsync(KexInit.Number);
        pair.Clock.Advance(new SshLimits().ExchangeTime);
        Assert.Contains("Broken", await pair.EndAsync(), StringComparison.Ordinal);
    }

    private static async Task TransferBothWaysAsync(SshPair pair, SshClientSession client, Action onPiece)
    {
        byte[] content = new byte[FileBytes];
        new Random(5).NextBytes(content);
        byte[] back = new byte[FileBytes];
        var sftp = await pair.OpenSftpAsync(client);
        byte[] source = await sftp.OpenAsync("/source", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        await WriteAsync(sftp, source);
        var other = await pair.OpenSftpAsync(client);
        byte[] target = await other.OpenAsync("/target", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        var up = WriteAsync(other, target);
        var down = ReadAsync(sftp, source);
        Assert.Equal((FileBytes, FileBytes), (await up, await down));
        Assert.True(content.AsSpan().SequenceEqual(back), "What came down is what went up.");
        back.AsSpan().Clear();
        Assert.Equal(FileBytes, await ReadAsync(other, target));
        Assert.True(content.AsSpan().SequenceEqual(back), "What went up is in the file.");

        Task<long> WriteAsync(SftpClientSession session, byte[] handle) => session.WriteAsync(handle, 0, FileBytes, 32_768, 16, (at, into) =>
        {
            content.AsMemory((int)at, into.Length).CopyTo(into);
            onPiece();
        }).WaitAsync(pair.Token);

        Task<long> ReadAsync(SftpClientSession session, byte[] handle) => session.ReadAsync(handle, 0, FileBytes, 32_768, 16, (at, piece) =>
        {
            piece.CopyTo(back.AsMemory((int)at));
            onPiece();
        }).WaitAsync(pair.Token);
    }

    private static async Task Eventually(Func<bool> holds, SshPair pair)
    {
        while (!holds())
        {
            pair.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
