using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Macs;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Security;

/// <summary>T20 and T26 with a whole server: packets that lie about themselves, in every cipher and MAC.</summary>
public sealed class PacketAbuseTests
{
    private static readonly uint[] Lengths = [0, 1, 4, 5, 7, 8, 11, 13, 35_001, (256 * 1024) + 1025, (256 * 1024) + 1040, 1 << 20, int.MaxValue, 0x8000_0000, uint.MaxValue - 3, uint.MaxValue];

    public static TheoryData<string, string> Protections =>
    [
        .. from cipher in CipherTable.Rows
           from mac in cipher.HasTag ? [""] : MacTable.Rows.Select(row => row.Name)
           select new TheoryDataRow<string, string>(cipher.Name, mac),
    ];

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task T20_a_length_that_cannot_be_ends_the_session(string cipher, string mac)
    {
        foreach (uint length in Lengths)
        {
            // Where the length is part of what is encrypted a packet must be a whole number of blocks: 11 is not, 12 could be.
            await TryAsync(cipher, mac, client => client.Seal(Golden.Write(new Ignore(default)), length: length));
        }
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task T20_padding_that_cannot_be_ends_the_session(string cipher, string mac)
    {
        foreach (byte padding in (byte[])[0, 1, 3, 30, 31, 32, 64, 255])
        {
            await TryAsync(cipher, mac, client => client.Seal(new byte[5], padding: padding));
        }
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task T20_a_packet_without_payload_ends_the_session(string cipher, string mac) =>
        await TryAsync(cipher, mac, client => client.Seal([]));

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task T20_one_wrong_bit_ends_the_session(string cipher, string mac)
    {
        int length = 0;
        for (int at = 4; at == 4 || at < length; at += 7)
        {
            await TryAsync(cipher, mac, client =>
            {
                byte[] packet = client.Seal(Golden.Write(new Ignore("x"u8.ToArray())));
                packet[at] ^= 1;
                length = packet.Length;
                return packet;
            });
        }
    }

    [Fact]
    public async Task T20_lengths_and_padding_that_cannot_be_end_the_session_before_there_are_keys()
    {
        foreach (uint length in Lengths)
        {
            await TryClearAsync(client => client.Seal(client.Init(), length: length == 13 ? 14 : length));
        }

        foreach (byte padding in (byte[])[0, 1, 3, 255])
        {
            await TryClearAsync(client => client.Seal(new byte[5], padding: padding));
        }

        await TryClearAsync(client => client.Seal([]));
    }

    [Theory]
    [InlineData(100 * 1024 * 1024)]
    [InlineData((256 * 1024) + 1025)]
    public async Task T26_a_payload_that_inflates_beyond_a_packet_ends_the_session(int bytes)
    {
        await using var pair = SshPair.Start();
        using var client = new RawSshClient(pair.Connection, pair.Token) { Algorithms = RawSshClient.One with { Compressions = ["zlib@openssh.com"] } };
        await client.LogInAsync();
        await client.SendAsync(Golden.Write(new Ignore(new byte[bytes])));
        await client.ReceiveToEndAsync();
        Assert.Contains("Offence", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T26_what_inflates_within_a_packet_counts_against_the_window_inflated()
    {
        await using var pair = SshPair.Start(options => options with { Limits = new() { WindowBytes = 300_000, MaxWindowBytes = 300_000 } });
        using var client = new RawSshClient(pair.Connection, pair.Token) { Algorithms = RawSshClient.One with { Compressions = ["zlib@openssh.com"] } };
        await client.LogInAsync();
        uint channel = await client.OpenAsync("echo", window: 0);

        // Nothing of it can be echoed, so the window is never topped up beyond what the echo holds unsent.
        for (int i = 0; i < 20; i++)
        {
            await client.SendAsync(new ChannelData(channel, new byte[200_000]));
        }

        await client.ReceiveToEndAsync();
        Assert.Contains("More channel data than the window", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T26_a_compressed_stream_that_breaks_off_ends_the_session()
    {
        await using var pair = SshPair.Start();
        using var client = new RawSshClient(pair.Connection, pair.Token) { Algorithms = RawSshClient.One with { Compressions = ["zlib@openssh.com"] } };
        await client.LogInAsync();
        client.CompressesNoMore();
        await client.SendAsync(new Ignore(new byte[100]));
        await client.ReceiveToEndAsync();
        Assert.Contains("Offence", await pair.EndAsync(), StringComparison.Ordinal);
    }

    private static async Task TryAsync(string cipher, string mac, Func<RawSshClient, byte[]> packet)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw(cipher, mac);
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        await client.SendBytesAsync(packet(client));
        await EndAsync(pair);
    }

    private static async Task TryClearAsync(Func<RawSshClient, byte[]> packet)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.GreetAsync();
        await client.SendBytesAsync(packet(client));
        await EndAsync(pair);
    }

    /// <summary>It has ended by itself; or waits for the rest of a packet that is possible, and finds it broken or cut off.</summary>
    private static async Task EndAsync(SshPair pair)
    {
        await pair.Connection.FinishAsync(pair.Token);
        await pair.Connection.ReadToEndAsync(pair.Token);
        await pair.Connection.DisposeAsync();
        string end = await pair.EndAsync();
        Assert.True(end.Contains("Offence", StringComparison.Ordinal) || end.Contains("Broken", StringComparison.Ordinal), end);
        Assert.Equal(0, pair.LoggedIn);
    }
}
