using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Ssh.Agent;

/// <summary>A key that an agent holds.</summary>
/// <param name="Key">Its public half, or a certificate.</param>
/// <param name="Comment">Any text; not to be shown unescaped.</param>
/// <param name="Algorithms">The signature algorithms it can do, as they are announced.</param>
internal sealed record AgentKey(PublicKeyBlob Key, string Comment, IReadOnlyList<string> Algorithms);

/// <summary>
/// An agent of keys (draft-ietf-sshm-ssh-agent): lists them and signs with them, each over a connection of its own. An agent that
/// is gone, slow or broken is a line in the log: a login goes on without it.
/// </summary>
/// <param name="connect">Connects to it.</param>
/// <param name="clock">Measures its patience.</param>
/// <param name="logger">For what it would not do.</param>
internal sealed partial class AgentClient(Func<CancellationToken, ValueTask<IConnection>> connect, TimeProvider clock, ILogger logger)
{
    // draft-ietf-sshm-ssh-agent section 6.
    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;
    private const uint FlagRsaSha256 = 2;
    private const uint FlagRsaSha512 = 4;

    /// <summary>Called when a signature is asked for, disposed when it is there or refused: meanwhile somebody may have to touch something.</summary>
    public Func<IDisposable>? Hold { get; init; }

    /// <summary>The keys it holds, of kinds we know; none where it does not answer.</summary>
    public async ValueTask<IReadOnlyList<AgentKey>> ListAsync(CancellationToken cancel)
    {
        using var request = Packet.Rent();
        new WireWriter(request).Byte(RequestIdentities);
        try
        {
            byte[] reply = await AskAsync(request.Memory, AgentLimits.List, cancel).ConfigureAwait(false);
            return ReadKeys(reply);
        }
        catch (Exception failed) when (failed is IOException or WireException)
        {
            Log.NoList(logger, failed.Message);
            return [];
        }
    }

    /// <summary>A signature as it stands on the wire; null where it gives none, or one of another algorithm.</summary>
    /// <param name="key">One of <see cref="ListAsync"/>.</param>
    /// <param name="algorithm">Without a certificate's suffix: what the signature itself is named.</param>
    /// <param name="data">What to sign.</param>
    /// <param name="cancel">Gives up.</param>
    public async ValueTask<byte[]?> SignAsync(PublicKeyBlob key, string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        using var request = Packet.Rent(data.Length + key.Bytes.Length + 64);
        Write(request, key, algorithm, data);
        using var held = Hold?.Invoke();
        try
        {
            byte[] reply = await AskAsync(request.Memory, AgentLimits.Sign, cancel).ConfigureAwait(false);
            if (reply.Length == 0 || reply[0] != SignResponse)
            {
                Log.NoSignature(logger, key.Type, "it refuses");
                return null;
            }

            var reader = new WireReader(reply.AsMemory(1));
            byte[] signature = reader.Bytes().ToArray();
            reader.End();
            if (new WireReader(signature).Text() == algorithm)
            {
                return signature;
            }

            // Agents that do not know the flags sign with SHA-1, which nobody takes any more.
            Log.NoSignature(logger, key.Type, $"it signs by another algorithm than {algorithm}");
        }
        catch (Exception failed) when (failed is IOException or WireException)
        {
            Log.NoSignature(logger, key.Type, failed.Message);
        }

        return null;
    }

    private static void Write(Packet request, PublicKeyBlob key, string algorithm, ReadOnlyMemory<byte> data)
    {
        var writer = new WireWriter(request);
        writer.Byte(SignRequest);
        writer.Bytes(key.Bytes.Span);
        writer.Bytes(data.Span);
        writer.UInt32(algorithm switch { RsaPublicKey.Sha256 => FlagRsaSha256, RsaPublicKey.Sha512 => FlagRsaSha512, _ => 0 });
    }

    private List<AgentKey> ReadKeys(byte[] reply)
    {
        var reader = new WireReader(reply);
        if (reader.Byte() != IdentitiesAnswer)
        {
            throw new WireException("No list of keys.");
        }

        var keys = new List<AgentKey>();
        uint count = reader.UInt32();
        for (uint i = 0; i < count && i < AgentLimits.MostKeys; i++)
        {
            byte[] blob = reader.Bytes().ToArray();
            string comment = FileNames.Decode(reader.Bytes().Span);
            if (Read(blob, comment) is { } key)
            {
                keys.Add(key);
            }
        }

        return keys;
    }

    private AgentKey? Read(byte[] bytes, string comment)
    {
        try
        {
            var blob = new PublicKeyBlob(new WireReader(bytes).Text(), bytes);
            using var key = PublicKey.Parse(blob);
            if (key is not null)
            {
                return new AgentKey(blob, comment, key.SignatureAlgorithms);
            }

            Log.KeyLeftOut(logger, FileNames.ForDisplay(comment), "its kind is not known");
        }
        catch (WireException unusable)
        {
            Log.KeyLeftOut(logger, FileNames.ForDisplay(comment), unusable.Message);
        }

        return null;
    }

    /// <summary>One request and its answer; uint32 length before each.</summary>
    private async ValueTask<byte[]> AskAsync(ReadOnlyMemory<byte> request, TimeSpan limit, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            var connection = await connect(both.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                byte[] head = new byte[sizeof(uint)];
                BinaryPrimitives.WriteInt32BigEndian(head, request.Length);
                await connection.SendAsync([head, request], both.Token).ConfigureAwait(false);
                await FillAsync(connection, head, both.Token).ConfigureAwait(false);
                uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
                if (length is 0 or > AgentLimits.MostReplyBytes)
                {
                    throw new WireException($"An answer of {length} bytes.");
                }

                byte[] reply = new byte[length];
                await FillAsync(connection, reply, both.Token).ConfigureAwait(false);
                return reply;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"It did not answer within {limit.TotalSeconds:0} seconds.");
        }
    }

    private static async ValueTask FillAsync(IConnection connection, Memory<byte> into, CancellationToken cancel)
    {
        while (!into.IsEmpty)
        {
            int count = await connection.ReceiveAsync(into, cancel).ConfigureAwait(false);
            into = count > 0 ? into[count..] : throw new IOException("It ended the connection.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The agent gives no keys: {Reason}")]
        public static partial void NoList(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The agent does not sign with its key of type {Type}: {Reason}")]
        public static partial void NoSignature(ILogger logger, string type, string reason);

        [LoggerMessage(LogLevel.Debug, "The agent's key \"{Comment}\" is not tried: {Reason}")]
        public static partial void KeyLeftOut(ILogger logger, string comment, string reason);
    }
}
