using System.Buffers.Binary;
using Wharf.Net;
using Wharf.Ssh.Keys;
using Wharf.Tests.Ssh.Keys;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Agent;

/// <summary>An agent in memory (draft-ietf-sshm-ssh-agent) that holds keys and answers as a test says.</summary>
internal sealed class ScriptedAgent
{
    private readonly List<SigningKey> _keys = [];

    /// <summary>Signatures asked for: key type and flags.</summary>
    public List<(string Type, uint Flags)> Asked { get; } = [];

    /// <summary>In place of an answer to that request.</summary>
    public Func<byte[], byte[]?>? Answers { get; set; }

    /// <summary>Ignores the flags, as agents did before RFC 8332.</summary>
    public bool IsOld { get; init; }

    public ScriptedAgent Add(SigningKey key)
    {
        _keys.Add(key);
        return this;
    }

    public ValueTask<IConnection> DialAsync(CancellationToken cancel)
    {
        var (client, server) = MemoryConnection.Pair();
        _ = ServeAsync(server, cancel);
        return new(client);
    }

    private async Task ServeAsync(MemoryConnection connection, CancellationToken cancel)
    {
        byte[] head = await TakeAsync(connection, 4, cancel);
        byte[] request = await TakeAsync(connection, BinaryPrimitives.ReadInt32BigEndian(head), cancel);
        byte[] reply = Answers?.Invoke(request) is { } scripted ? scripted : Framed(request[0] == 11 ? List() : Sign(request));
        await connection.SendAsync(reply, cancel);
        await connection.DisposeAsync();
    }

    public static byte[] Framed(byte[] body)
    {
        byte[] framed = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, body.Length);
        body.CopyTo(framed, 4);
        return framed;
    }

    private byte[] List() => TestKeys.Bytes((in w) =>
    {
        w.Byte(12);
        w.UInt32((uint)_keys.Count);
        foreach (var key in _keys)
        {
            w.Bytes(key.Public.Bytes.Span);
            w.Text("a key \u001b[1m");
        }
    });

    private byte[] Sign(byte[] request)
    {
        var reader = new WireReader(request.AsMemory(1));
        byte[] blob = reader.Bytes().ToArray();
        byte[] data = reader.Bytes().ToArray();
        uint flags = reader.UInt32();
        if (_keys.Find(key => key.Public.Bytes.Span.SequenceEqual(blob)) is not { } key)
        {
            return [5];
        }

        Asked.Add((key.Public.Type, flags));
        string algorithm = key.Public.Type != "ssh-rsa" ? key.SignatureAlgorithms[0] : flags == 2 || IsOld ? "rsa-sha2-256" : "rsa-sha2-512";
        return TestKeys.Bytes((in w) =>
        {
            w.Byte(14);
            w.Bytes(key.Sign(algorithm, data));
        });
    }

    private static async Task<byte[]> TakeAsync(MemoryConnection connection, int count, CancellationToken cancel)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            int came = await connection.ReceiveAsync(bytes.AsMemory(at), cancel);
            at += came > 0 ? came : throw new EndOfStreamException();
        }

        return bytes;
    }
}
