using System.Security.Cryptography;
using System.Text;
using Wharf.Accounts;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Keys;
using Wharf.Ssh.KeyExchange;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>What a handshake needs to know of the connection, and the two ways it differs by role.</summary>
internal sealed record HandshakeContext
{
    /// <summary>Our role.</summary>
    public required bool IsServer { get; init; }

    /// <summary>V_C and V_S: ours and the peer's version line.</summary>
    public required string OurVersion { get; init; }

    /// <inheritdoc cref="OurVersion"/>
    public required string PeerVersion { get; init; }

    /// <summary>A server's keys; empty for a client.</summary>
    public IReadOnlyList<SigningKey> HostKeys { get; init; } = [];

    /// <summary>A client's decision about the server's key; its signature is verified already. Null for a server.</summary>
    public Func<PublicKeyBlob, CancellationToken, ValueTask<bool>>? AcceptHostKey { get; init; }

    /// <summary>Cookies and ephemeral keys.</summary>
    public required Randomness Randomness { get; init; }
}

/// <summary>
/// One key exchange, from both KEXINITs to the keys (RFC 4253 sections 7 and 8, RFC 5656 section 4, RFC 4419 section 3). It
/// computes and sends; the transport switches ciphers.
/// </summary>
/// <param name="context">The connection.</param>
/// <param name="ours">Our KEXINIT, with its number byte, as it was sent.</param>
/// <param name="peers">The peer's KEXINIT, with its number byte, as it came.</param>
/// <param name="negotiation">What was chosen.</param>
/// <param name="send">Sends a message of the exchange.</param>
internal sealed class Handshake(
    HandshakeContext context, byte[] ours, byte[] peers, Negotiation negotiation, Action<Packet> send) : IDisposable
{
    private static readonly KexDhGexRequest Wanted = new(GroupExchange.MinBits, GroupExchange.PreferredBits, GroupExchange.MaxBits);

    private readonly GroupExchange? _asking = negotiation.KeyExchange as GroupExchange;
    private KeyExchangeMethod _method = negotiation.KeyExchange;
    private KeyAgreement? _agreement;
    private KexDhGexRequest? _groupWanted;
    private KexDhGexGroup? _group;

    /// <summary>H; null before the exchange is done.</summary>
    public byte[]? ExchangeHash { get; private set; }

    /// <summary>K as it goes into hashes; null before the exchange is done.</summary>
    public byte[]? Secret { get; private set; }

    /// <summary>The server's key of this exchange; null before it is done.</summary>
    public PublicKeyBlob? HostKey { get; private set; }

    /// <summary>What was negotiated.</summary>
    public Negotiation Negotiation => negotiation;

    /// <summary>A client's first message; a server waits.</summary>
    public void Begin()
    {
        if (context.IsServer)
        {
            return;
        }

        if (_asking is not null)
        {
            _groupWanted = Wanted;
            send(Packet.Of(Wanted));
            return;
        }

        _agreement = _method.Begin(context.Randomness);
        SendInit();
    }

    /// <summary>A message with a number from 30 to 49. True: done, NEWKEYS is to be sent.</summary>
    /// <exception cref="SshException">It does not belong here, or its contents are refused.</exception>
    public ValueTask<bool> HandleAsync(byte number, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        var reader = new WireReader(payload);
        if (ExchangeHash is not null)
        {
            throw Unexpected(number);
        }

        if (context.IsServer)
        {
            return new(HandleAsServer(number, ref reader));
        }

        if (_asking is not null && _group is null && number == KexDhGexGroup.Number)
        {
            var group = KexDhGexGroup.Read(ref reader);
            reader.End();
            _group = new(group.Prime.ToArray(), group.Generator.ToArray());
            _method = _asking.In(GroupExchange.Check(group.Prime.Span, group.Generator.Span));
            _agreement = _method.Begin(context.Randomness);
            SendInit();
            return new(false);
        }

        if (_agreement is null || number != (_group is null ? KexEcdhReply.Number : KexDhGexReply.Number))
        {
            throw Unexpected(number);
        }

        var reply = KexEcdhReply.Read(ref reader);
        reader.End();
        return FinishAsync(reply, cancel);
    }

    /// <summary>A cipher for one direction, with the keys that RFC 4253 section 7.2 gives it.</summary>
    /// <param name="up">Client to server.</param>
    /// <param name="seals">Whether we send in that direction.</param>
    /// <param name="sessionId">H of the first exchange.</param>
    public PacketCipher CreateCipher(bool up, bool seals, ReadOnlySpan<byte> sessionId)
    {
        var protection = up ? negotiation.Up : negotiation.Down;
        var derivation = new KeyDerivation(_method.Hash, Secret, ExchangeHash, sessionId);
        byte[] iv = derivation.Derive(up ? 'A' : 'B', protection.Cipher.IvBytes);
        byte[] key = derivation.Derive(up ? 'C' : 'D', protection.Cipher.KeyBytes);
        byte[] mac = derivation.Derive(up ? 'E' : 'F', protection.Mac?.KeyBytes ?? 0);
        try
        {
            return protection.Cipher.Create(key, iv, protection.Mac, mac, seals);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(mac);
        }
    }

    public void Dispose()
    {
        _agreement?.Dispose();
        if (Secret is not null)
        {
            CryptographicOperations.ZeroMemory(Secret);
        }
    }

    private bool HandleAsServer(byte number, ref WireReader reader)
    {
        if (_asking is not null && _group is null)
        {
            if (number != KexDhGexRequest.Number)
            {
                throw Unexpected(number);
            }

            var wanted = KexDhGexRequest.Read(ref reader);
            reader.End();
            _groupWanted = wanted;
            var chosen = GroupExchange.Choose(wanted.Least, wanted.Preferred, wanted.Most);
            _method = _asking.In(chosen);
            _group = new KexDhGexGroup(chosen.Prime, chosen.Generator);
            send(Packet.Of(_group.Value, 2048));
            return false;
        }

        if (number != (_group is null ? KexEcdhInit.Number : KexDhGexInit.Number))
        {
            throw Unexpected(number);
        }

        byte[] init = ReadValue(ref reader);
        reader.End();
        var agreed = _method.Respond(init, context.Randomness);
        var key = context.HostKeys.First(key => key.SignatureAlgorithms.Contains(negotiation.HostKey));
        Agree(agreed.Secret, key.Public, init, agreed.Value);
        byte[] signature = key.Sign(negotiation.HostKey, ExchangeHash);
        byte[] value = _method.Values == ValueForm.MpInt ? Magnitude(agreed.Value) : agreed.Value;
        send(_group is null
            ? Packet.Of(new KexEcdhReply(key.Public.Bytes, value, signature), 2048)
            : Packet.Of(new KexDhGexReply(key.Public.Bytes, agreed.Value, signature), 2048));
        return true;
    }

    private async ValueTask<bool> FinishAsync(KexEcdhReply reply, CancellationToken cancel)
    {
        byte[] value = _method.Values == ValueForm.MpInt ? ReadMpInt(reply.Value) : reply.Value.ToArray();
        var hostKey = ReadBlob(reply.HostKey);
        using var key = PublicKey.Parse(hostKey)
            ?? throw new SshException(DisconnectReason.KeyExchangeFailed, "A host key of a kind we do not know.");
        if (!key.SignatureAlgorithms.Contains(negotiation.HostKey))
        {
            throw new SshException(DisconnectReason.KeyExchangeFailed, "A host key of another kind than was agreed.");
        }

        Agree(_agreement!.Finish(value), hostKey, _agreement.Value.ToArray(), value);
        if (!key.Verify(negotiation.HostKey, ExchangeHash, reply.Signature).IsValid)
        {
            throw new SshException(DisconnectReason.HostKeyNotVerifiable, "The server's signature is wrong.");
        }

        return await context.AcceptHostKey!(hostKey, cancel).ConfigureAwait(false)
            ? true
            : throw new SshException(DisconnectReason.HostKeyNotVerifiable, "The host key is not accepted.");
    }

    /// <summary>K and H. Takes the secret over and wipes it.</summary>
    private void Agree(byte[] secret, PublicKeyBlob hostKey, byte[] clientValue, byte[] serverValue)
    {
        HostKey = hostKey;
        Secret = KeyDerivation.Encode(secret, _method.Secret);
        CryptographicOperations.ZeroMemory(secret);
        using var packet = Packet.Rent(8192);
        var writer = new WireWriter(packet);
        writer.Text(context.IsServer ? context.PeerVersion : context.OurVersion);
        writer.Text(context.IsServer ? context.OurVersion : context.PeerVersion);
        writer.Bytes(context.IsServer ? peers : ours);
        writer.Bytes(context.IsServer ? ours : peers);
        writer.Bytes(hostKey.Bytes.Span);
        if (_groupWanted is { } wanted)
        {
            // RFC 4419 section 3.
            wanted.Write(writer);
            _group!.Value.Write(writer);
        }

        foreach (byte[] value in (ReadOnlySpan<byte[]>)[clientValue, serverValue])
        {
            if (_method.Values == ValueForm.MpInt)
            {
                writer.MpInt(value);
            }
            else
            {
                writer.Bytes(value);
            }
        }

        writer.Raw(Secret);
        ExchangeHash = CryptographicOperations.HashData(_method.Hash, packet.Span);
        packet.Span.Clear();
    }

    private void SendInit()
    {
        var value = _agreement!.Value;
        send(_group is not null ? Packet.Of(new KexDhGexInit(value), 2048)
            : Packet.Of(new KexEcdhInit(_method.Values == ValueForm.MpInt ? Magnitude(value.Span) : value), 2048));
    }

    private byte[] ReadValue(ref WireReader reader) =>
        _method.Values == ValueForm.MpInt ? reader.MpInt().ToArray() : reader.Bytes().ToArray();

    /// <summary>An mpint's bytes, without its length, from a magnitude.</summary>
    private static byte[] Magnitude(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        return value.Length > 0 && value[0] >= 0x80 ? [0, .. value] : value.ToArray();
    }

    /// <summary>The magnitude from an mpint's bytes.</summary>
    private static byte[] ReadMpInt(ReadOnlyMemory<byte> bytes)
    {
        using var packet = Packet.Rent(bytes.Length + 4);
        new WireWriter(packet).Bytes(bytes.Span);
        return new WireReader(packet.Memory).MpInt().ToArray();
    }

    private static PublicKeyBlob ReadBlob(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        return new PublicKeyBlob(Encoding.ASCII.GetString(reader.Bytes().Span), bytes.ToArray());
    }

    private static SshException Unexpected(byte number) =>
        new(DisconnectReason.KeyExchangeFailed, $"Message {number} where the key exchange wants another.");
}
