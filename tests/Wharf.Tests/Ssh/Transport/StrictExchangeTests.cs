using Wharf.Net;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Transport;

/// <summary>
/// T19: the answer to Terrapin (CVE-2023-48795), OpenSSH PROTOCOL section 1.10. The attack is run as a man in the middle would,
/// also against a client without strict key exchange, where it succeeds: so the tests attack something.
/// </summary>
public sealed class StrictExchangeTests
{
    private const string ChaCha = "chacha20-poly1305@openssh.com";

    /// <summary>What a man in the middle may put in, by its number, and before which message of the client.</summary>
    public static TheoryData<byte, string> Strays =>
    [
        .. from number in (byte[])[Ignore.Number, Unimplemented.Number, Debug.Number, ExtInfo.Number, Ping.Number, Pong.Number]
           from before in (string[])["KEXINIT", "the client's value", "NEWKEYS"]
           select new TheoryDataRow<byte, string>(number, before),
    ];

    [Theory]
    [MemberData(nameof(Strays))]
    public async Task T19_nothing_but_the_exchange_comes_before_the_first_NEWKEYS(byte number, string before)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.GreetAsync();
        await MeetAsync("KEXINIT");
        await client.BeginAsync();
        await MeetAsync("the client's value");
        await client.SendAsync(client.Value());
        await MeetAsync("NEWKEYS");
        await client.SendAsync(default(NewKeys));
        await pair.Connection.ReadToEndAsync(pair.Token);
        await pair.Connection.DisposeAsync();
        Assert.Contains("Offence", await pair.EndAsync(), StringComparison.Ordinal);

        Task MeetAsync(string place) => place == before ? client.SendAsync(Stray(number)) : Task.CompletedTask;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Without_strict_key_exchange_what_RFC_4253_allows_is_allowed(byte number)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw(ChaCha, "", isStrict: false);
        await client.GreetAsync();
        await client.SendAsync(Stray(number));
        await client.BeginAsync();
        await client.SendAsync(Stray(number));
        await client.SendAsync(client.Value());
        await client.SendAsync(Stray(number));
        await client.FinishAsync();
        await client.AskForLoginAsync();
    }

    [Fact]
    public async Task T19_a_second_KEXINIT_within_the_exchange_ends_the_connection()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.GreetAsync();
        await client.BeginAsync();
        await client.SendAsync(client.Init());
        await client.ReceiveToEndAsync();
        Assert.Contains("second KEXINIT", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChaCha, "", true, true)]
    [InlineData(ChaCha, "", true, false)]
    [InlineData(ChaCha, "", false, true)]
    [InlineData(ChaCha, "", false, false)]
    [InlineData("aes128-ctr", "hmac-sha2-256-etm@openssh.com", true, true)]
    [InlineData("aes128-ctr", "hmac-sha2-256-etm@openssh.com", true, false)]
    [InlineData("aes256-ctr", "hmac-sha2-512", true, false)]
    [InlineData("aes256-ctr", "hmac-sha2-512", false, true)]
    public async Task T19_numbers_begin_again_with_every_NEWKEYS_where_the_exchange_is_strict_and_only_there(
        string cipher, string mac, bool isStrict, bool resets)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw(cipher, mac, isStrict, resets);
        if (isStrict == resets)
        {
            for (int exchange = 0; exchange < 3; exchange++)
            {
                await client.ShakeAsync();
                Assert.NotNull((await client.ReceiveToPongAsync())[^1]);
                Assert.NotNull((await client.ReceiveToPongAsync())[^1]);
                Assert.True(client.SendSequence < 6 || !isStrict);
            }

            return;
        }

        await client.GreetAsync();
        await client.BeginAsync();
        await client.SendAsync(client.Value());
        await client.FinishAsync();
        await client.SendAsync(new Ping(default));
        await pair.Connection.FinishAsync(pair.Token);
        await pair.Connection.ReadToEndAsync(pair.Token);
        await pair.Connection.DisposeAsync();
        string end = await pair.EndAsync();
        Assert.True(end.Contains("MAC is wrong", StringComparison.Ordinal) || end.Contains("impossible length", StringComparison.Ordinal), end);
    }

    [Theory]
    [InlineData(ChaCha, "", true)]
    [InlineData(ChaCha, "", false)]
    [InlineData("aes128-ctr", "hmac-sha2-256-etm@openssh.com", true)]
    [InlineData("aes128-ctr", "hmac-sha2-256-etm@openssh.com", false)]
    [InlineData("aes256-ctr", "hmac-sha2-512-etm@openssh.com", true)]
    [InlineData("aes256-ctr", "hmac-sha2-512", true)]
    public async Task T19_our_client_finds_out_that_EXT_INFO_was_cut_off(string cipher, string mac, bool putsIn)
    {
        await using var pair = SshPair.Start();
        int cut = await MeasureExtInfoAsync(pair, cipher, mac);
        var (client, relay) = MemoryConnection.Pair();
        var attack = AttackAsync(relay, pair.Connection, cut, putsIn, pair.Token);
        var only = SshPair.Quick with { Ciphers = [cipher], Macs = mac.Length == 0 ? SshPair.Quick.Macs : [mac] };
        var failure = await Assert.ThrowsAsync<ConnectionException>(() => pair.LogInAsync(connection: client, algorithms: only));
        Assert.Contains(putsIn ? "within the first key exchange" : "the rules of SSH", failure.Message, StringComparison.Ordinal);
        await attack;
    }

    [Fact]
    public async Task The_attack_succeeds_against_a_client_that_does_not_know_strict_key_exchange()
    {
        await using var pair = SshPair.Start();
        int cut = await MeasureExtInfoAsync(pair, ChaCha, "");
        var (end, relay) = MemoryConnection.Pair();
        var attack = AttackAsync(relay, pair.Connection, cut, putsIn: true, pair.Token);
        using var client = pair.Raw(ChaCha, "", isStrict: false, connection: end);
        await client.ShakeAsync();
        await client.SendAsync(new ServiceRequest("ssh-userauth"));
        Assert.Equal(ServiceAccept.Number, (await client.ReceiveAsync())![0]);
        await end.DisposeAsync();
        await attack;
    }

    private static byte[] Stray(byte number) => number switch
    {
        2 => Golden.Write(new Ignore("x"u8.ToArray())),
        3 => Golden.Write(new Unimplemented(0)),
        4 => Golden.Write(new Debug(false, "x", "")),
        7 => Golden.Write(new ExtInfo([])),
        192 => Golden.Write(new Ping(default)),
        _ => Golden.Write(new Pong(default)),
    };

    /// <summary>How many bytes the server's first sealed packet has, from a connection of its own.</summary>
    private static async Task<int> MeasureExtInfoAsync(SshPair pair, string cipher, string mac)
    {
        var (end, serving) = pair.Connect();
        using var client = pair.Raw(cipher, mac, connection: end);
        await client.ShakeAsync();
        Assert.Equal(ExtInfo.Number, (await client.ReceiveAsync())![0]);
        await end.DisposeAsync();
        await serving.WaitAsync(pair.Token);
        return client.LastPacketBytes;
    }

    /// <summary>Passes on both ways, but cuts off what follows the server's NEWKEYS, and puts in an IGNORE before it to make up for the number.</summary>
    private static async Task AttackAsync(MemoryConnection toClient, MemoryConnection toServer, int cut, bool putsIn, CancellationToken cancel)
    {
        var up = PassOnAsync(toClient, toServer, new byte[16 * 1024], cancel);
        try
        {
            byte[] line = await TakeUntilAsync(toServer, bytes => bytes[^1] == '\n', cancel);
            await toClient.SendAsync(line, cancel);
            while (true)
            {
                byte[] head = await TakeAsync(toServer, 4, cancel);
                byte[] rest = await TakeAsync(toServer, (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head), cancel);
                if (rest[1] == NewKeys.Number)
                {
                    if (putsIn)
                    {
                        // packet_length 12, padding_length 6, IGNORE with an empty string, padding.
                        await toClient.SendAsync(Golden.Bytes("0000000C 06 02 00000000 000000000000"), cancel);
                    }

                    await toClient.SendAsync((byte[])[.. head, .. rest], cancel);
                    await TakeAsync(toServer, cut, cancel);
                    break;
                }

                await toClient.SendAsync((byte[])[.. head, .. rest], cancel);
            }

            await PassOnAsync(toServer, toClient, new byte[16 * 1024], cancel);
        }
        catch (IOException)
        {
            // The client has gone: that is what the test wants to see.
        }

        await toServer.DisposeAsync();
        await toClient.DisposeAsync();
        await up;
    }

    private static async Task PassOnAsync(MemoryConnection from, MemoryConnection to, byte[] buffer, CancellationToken cancel)
    {
        try
        {
            while (await from.ReceiveAsync(buffer, cancel) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count), cancel);
            }

            await to.FinishAsync(cancel);
        }
        catch (IOException)
        {
            to.Abort();
        }
    }

    private static async Task<byte[]> TakeUntilAsync(MemoryConnection from, Func<List<byte>, bool> ends, CancellationToken cancel)
    {
        List<byte> taken = [];
        do
        {
            taken.AddRange(await TakeAsync(from, 1, cancel));
        }
        while (!ends(taken));
        return [.. taken];
    }

    private static async Task<byte[]> TakeAsync(MemoryConnection from, int count, CancellationToken cancel)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int came = await from.ReceiveAsync(bytes.AsMemory(done), cancel);
            done += came > 0 ? came : throw new IOException("The connection has ended.");
        }

        return bytes;
    }
}
