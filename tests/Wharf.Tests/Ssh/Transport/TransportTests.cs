using Wharf.Ssh;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.KeyExchange;
using Wharf.Ssh.Macs;
using Wharf.Ssh.Messages;

namespace Wharf.Tests.Ssh.Transport;

/// <summary>Both roles of the transport against each other. That a real peer agrees is for the interop tests to show.</summary>
public sealed class TransportTests
{
    public static TheoryData<string> KeyExchanges => [.. KeyExchangeTable.Rows.Select(row => row.Name)];

    public static TheoryData<string, string> Protections =>
    [
        .. from cipher in CipherTable.Rows
           from mac in cipher.HasTag ? [""] : MacTable.Rows.Select(row => row.Name)
           select new TheoryDataRow<string, string>(cipher.Name, mac),
    ];

    [Theory]
    [MemberData(nameof(KeyExchanges))]
    public async Task Every_key_exchange_agrees_with_itself_and_again_in_a_rekey(string name)
    {
        var only = SshAlgorithms.Default with { KeyExchanges = [name] };
        await using var pair = TransportPair.Start(only, only, new SshLimits { RekeyBytes = 1 });
        await Task.WhenAll(pair.AtClient.IsReady, pair.AtServer.IsReady).WaitAsync(pair.Token);
        Assert.Equal(pair.Client.SessionId.ToArray(), pair.Server.SessionId.ToArray());
        for (int i = 0; i < 3; i++)
        {
            await RoundTripAsync(pair, 1000 + i);
        }

        Assert.True(pair.Client.Exchanges > 1);
    }

    [Theory]
    [MemberData(nameof(Protections))]
    public async Task Every_cipher_and_MAC_carries_packets_of_every_size_both_ways(string cipher, string mac)
    {
        var only = SshAlgorithms.Default with { Ciphers = [cipher], Macs = mac.Length == 0 ? SshAlgorithms.Default.Macs : [mac] };
        await using var pair = TransportPair.Start(only, only);
        await pair.AtClient.IsReady.WaitAsync(pair.Token);
        foreach (int size in (int[])[0, 1, 7, 8, 15, 16, 17, 255, 32 * 1024, 200_000])
        {
            await RoundTripAsync(pair, size);
        }
    }

    [Fact]
    public async Task Nothing_common_ends_both_sides_with_a_reason_that_names_the_kind()
    {
        var client = SshAlgorithms.Default with { Ciphers = ["aes128-ctr"] };
        var server = SshAlgorithms.Default with { Ciphers = ["aes256-ctr"] };
        await using var pair = TransportPair.Start(client, server);
        await Task.WhenAll(pair.ClientRuns, pair.ServerRuns).WaitAsync(pair.Token);
        Assert.Contains("No common cipher", pair.Client.Offence + pair.Server.Offence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_message_is_answered_with_UNIMPLEMENTED_and_the_session_goes_on()
    {
        await using var pair = TransportPair.Start();
        await pair.AtClient.IsReady.WaitAsync(pair.Token);
        await RoundTripAsync(pair, 10);
        Assert.False(pair.ServerRuns.IsCompleted);
    }

    private static async Task RoundTripAsync(TransportPair pair, int size)
    {
        byte[] data = new byte[size];
        Random.Shared.NextBytes(data);
        pair.Client.Send(new ChannelData(1, data));
        pair.Client.Flush();
        var (number, fields) = await pair.AtServer.NextAsync(pair.Token);
        Assert.Equal(ChannelData.Number, number);
        Assert.Equal(data, fields[8..]);
        pair.Server.Send(new ChannelData(2, data));
        pair.Server.Flush();
        (_, fields) = await pair.AtClient.NextAsync(pair.Token);
        Assert.Equal(data, fields[8..]);
    }
}
