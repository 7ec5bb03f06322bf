using System.Buffers.Binary;
using System.Net;
using Wharf.Accounts;
using Wharf.Serving;
using Wharf.Ssh;
using Wharf.Ssh.Keys;
using Wharf.Tests.Support;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// A whole SSH server and a client without keys: any bytes from the first one on, or behind a right version line packets of
/// the right form with anything in them. It ends by itself or with the connection, without a fault and without a login.
/// </summary>
/// <param name="name">The target's name.</param>
/// <param name="framed">Whether the input is payloads, each behind a byte of length.</param>
internal sealed class SshConnectionTarget(string name, bool framed) : FuzzTarget(name)
{
    private static readonly SigningKey HostKey = new Ed25519SigningKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public override IReadOnlyList<string> Words => framed
        ? ["\u0014", "\u0015", "\u001e", "\u0022", "\0\0\0\u0011curve25519-sha256", "\0\0\0\u000bssh-ed25519", "\0\0\0\u0016aes128-gcm@openssh.com", "\0\0\0\u0004none", "\0\0\0\0", "\u00ff\u00ff\u00ff\u00ff"]
        : ["SSH-2.0-", "SSH-1.99-", "SSH-1.5-", "\r\n", "\n", "\r", " ", "\0\0\0\u000c\u0006", "GET / HTTP/1.1\r\n"];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        using var log = new FuzzSession.FaultLog();
        var clock = new ManualClock();
        var nobody = new Nobody();
        var server = new SshServer(
            new SshServerOptions { HostKeys = [HostKey], Services = [new SftpSubsystem(new(), clock, log)] }, nobody, clock, log);
        var (client, end) = MemoryConnection.Pair(capacity: 1 << 20);
        var serving = server.ServeAsync(end);
        try
        {
            await client.SendAsync(framed ? Framed(input) : input, cancel);
            await client.FinishAsync(cancel);
        }
        catch (IOException)
        {
            // It has ended before it read all.
        }

        byte[] said;
        try
        {
            said = await client.ReadToEndAsync(cancel);
        }
        catch (IOException)
        {
            // A reset loses what was not read.
            said = [];
        }

        await client.DisposeAsync();
        await serving.WaitAsync(cancel);
        Require(said.Length == 0 || said.AsSpan().StartsWith("SSH-2.0-Wharf_"u8), "A server says who it is first.");
        Require(nobody.Asked == 0, "Nobody is asked for a login before there are keys.");
        Require(server.Count == 0, "What has ended is gone.");
        if (log.Fault is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>A version line, then each piece as a packet in clear.</summary>
    private static byte[] Framed(ReadOnlySpan<byte> input)
    {
        List<byte> bytes = [.. "SSH-2.0-Fuzz\r\n"u8];
        while (!input.IsEmpty)
        {
            // Lengths come in steps of eight, so that a KEXINIT fits.
            int count = Math.Min(Math.Max(input[0] * 8, 1), input.Length - 1);
            if (count > 0)
            {
                int padding = 8 - ((count + 5) % 8);
                padding += padding < 4 ? 8 : 0;
                byte[] head = new byte[5];
                BinaryPrimitives.WriteInt32BigEndian(head, 1 + count + padding);
                head[4] = (byte)padding;
                bytes.AddRange(head);
                bytes.AddRange(input.Slice(1, count));
                bytes.AddRange(new byte[padding]);
            }

            input = input[(1 + count)..];
        }

        return [.. bytes];
    }

    /// <summary>Lets nobody in, and counts.</summary>
    private sealed class Nobody : IAccounts
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return new(new LoginResult.Refused("no"));
        }

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return new(false);
        }

        public bool IsTrusted(IPAddress address) => false;
    }
}
