using System.Buffers.Binary;
using Wharf.Accounts;
using Wharf.Files.Storage;
using Wharf.Serving;
using Wharf.Ssh;
using Wharf.Ssh.Connection;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Transport;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// Messages of the connection protocol, each a number, a byte of length and its fields, to the channels of either role; the
/// server's with SFTP and scp behind them. What is sent back is whole messages of that protocol, and at the end nothing is open.
/// </summary>
/// <param name="name">The target's name.</param>
/// <param name="isServer">Whose channels.</param>
internal sealed class ChannelTarget(string name, bool isServer) : FuzzTarget(name)
{
    private static readonly SigningKey HostKey = new Ed25519SigningKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    private static readonly SshLimits Limits = new() { Channels = 4, WindowBytes = 4096, MaxWindowBytes = 8192 };

    public override IReadOnlyList<string> Words =>
    [
        "\u005a\u0017\0\0\0\u0007session\0\0\0\u0007\0\u0010\0\0\0\0\u0080\0", "\u0062\u0018\0\0\0\0\0\0\0\u0009subsystem\u0001\0\0\0\u0004sftp",
        "\u0062\u0020\0\0\0\0\0\0\0\u0004exec\u0001\0\0\0\u0008scp -t /", "\u005e\u0011\0\0\0\0\0\0\0\u0009\0\0\0\u0005\u0001\0\0\0\u0003", "\u005d\u0008\0\0\0\0\u0001\0\0\0",
        "\u0060\u0004\0\0\0\0", "\u0061\u0004\0\0\0\0", "\u005b\u0010\0\0\0\0\0\0\0\u0007\0\u0010\0\0\0\0\u0080\0", "\0\0\0\0", "\u00ff\u00ff\u00ff\u00ff",
    ];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        using var log = new FuzzSession.FaultLog();
        var clock = new ManualClock();
        var (peer, end) = MemoryConnection.Pair(capacity: 1 << 20);
        using var transport = new SshTransport(end, new TransportRole { IsServer = isServer, HostKeys = [HostKey] }, SshAlgorithms.Default, Limits, clock);
        var budget = new WindowBudget(1 << 20);
        ChannelTable channels;
        if (isServer)
        {
            channels = new ServerChannels(
                transport, Limits, budget, [new SftpSubsystem(new(), clock, log), new ScpCommand(new(), log)], [HostKey],
                new Login("anna", new Memory(clock, 1 << 12)), "s1");
        }
        else
        {
            var client = new ClientChannels(transport, Limits, budget);
            client.OpenSession();
            client.OpenSession();
            channels = client;
        }

        try
        {
            foreach (var (number, fields) in Messages.Of(input))
            {
                var buffer = SharedBuffer.Rent(Math.Max(1, fields.Length));
                try
                {
                    fields.CopyTo(buffer.Memory);
                    bool isKnown = await channels.HandleAsync(number, buffer.Memory[..fields.Length], buffer);
                    Require(!isKnown || number is >= 80 and <= 100, "Only its own messages are known.");
                    if (fields.Length % 2 == 0)
                    {
                        channels.Settle();
                    }
                }
                finally
                {
                    buffer.Release();
                }
            }

            channels.Settle();
        }
        catch (Exception refused) when (refused is WireException or SshException)
        {
            // The session would end.
        }

        await channels.CloseAllAsync();
        Require(!channels.Channels.Any(), "Nothing stays open.");
        transport.Flush();
        await end.FinishAsync(cancel);
        Check(await peer.ReadToEndAsync(cancel));
        if (log.Fault is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Whole packets in clear, of the connection protocol.</summary>
    private static void Check(ReadOnlySpan<byte> said)
    {
        while (!said.IsEmpty)
        {
            int whole = 4 + BinaryPrimitives.ReadInt32BigEndian(said);
            Require(whole > 5 && whole <= said.Length, "A packet is whole.");
            Require(said[5] is >= 80 and <= 100, "A message is one of this protocol.");
            said = said[whole..];
        }
    }
}
