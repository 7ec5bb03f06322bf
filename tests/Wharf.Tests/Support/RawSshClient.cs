using System.Buffers.Binary;
using System.Text;
using Wharf.Ssh;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Compression;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Tests.Support;

/// <summary>
/// A client that builds its packets itself and says what a test wants it to say, right or wrong. Ciphers and key exchanges are
/// the library's, which other tests hold against vectors.
/// </summary>
/// <param name="connection">Its end; the test's.</param>
/// <param name="cancel">Ends a test that is stuck.</param>
internal sealed class RawSshClient(MemoryConnection connection, CancellationToken cancel) : IDisposable
{
    private const int LengthBytes = 4;

    private readonly List<byte> _received = [];
    private readonly byte[] _chunk = new byte[16 * 1024];
    private byte[] _ours = [];
    private byte[] _peers = [];
    private KexInit _ourInit;
    private Handshake? _handshake;
    private Compressor? _compressor;
    private Decompressor? _decompressor;
    private bool _isFirst = true;

    /// <summary>What it calls itself.</summary>
    public string Version { get; init; } = "SSH-2.0-Raw";

    /// <summary>One algorithm of each kind.</summary>
    public static SshAlgorithms One { get; } = new()
    {
        KeyExchanges = ["curve25519-sha256"], HostKeys = ["ssh-ed25519"], Ciphers = ["aes128-gcm@openssh.com"], Macs = ["hmac-sha2-256"], Compressions = ["none"],
    };

    /// <summary>What it can do.</summary>
    public SshAlgorithms Algorithms { get; init; } = One;

    /// <summary>Whether it knows strict key exchange.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>Whether numbers begin again with new keys; as IsStrict unless a test wants it wrong.</summary>
    public bool? Resets { get; init; }

    /// <summary>What it has sent altogether may be no more than this: then the connection is cut.</summary>
    public long CutAt { get; init; } = long.MaxValue;

    /// <summary>What it has received altogether may be no more than this: then the connection is cut.</summary>
    public long DeafAt { get; init; } = long.MaxValue;

    /// <summary>How it is cut.</summary>
    public bool CutsByAbort { get; init; }

    /// <summary>Bytes received.</summary>
    public long Received { get; private set; }

    public PacketCipher Sealer { get; private set; } = new ClearText();

    public PacketCipher Opener { get; private set; } = new ClearText();

    /// <summary>Number of the next packet it sends.</summary>
    public uint SendSequence { get; set; }

    /// <summary>Number of the next packet it receives.</summary>
    public uint ReceiveSequence { get; private set; }

    /// <summary>H of the first exchange.</summary>
    public byte[] SessionId { get; private set; } = [];

    /// <summary>What the server calls itself.</summary>
    public string PeerVersion { get; private set; } = "";

    /// <summary>Bytes sent.</summary>
    public long Sent { get; private set; }

    /// <summary>How long the last packet it received was, with its tag.</summary>
    public int LastPacketBytes { get; private set; }

    /// <summary>Bytes as they are. Where the connection is over nothing happens: the test sees that when it reads.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        bool cuts = bytes.Length >= CutAt - Sent;
        bytes = bytes[..(int)Math.Min(bytes.Length, CutAt - Sent)];
        try
        {
            await connection.SendAsync(bytes, cancel);
        }
        catch (IOException)
        {
            return;
        }

        Sent += bytes.Length;
        if (cuts)
        {
            await CutAsync();
        }
    }

    /// <summary>A payload as a packet, sealed; not sent.</summary>
    /// <param name="payload">Number and fields.</param>
    /// <param name="length">packet_length; null for the right one.</param>
    /// <param name="padding">padding_length; null for the right one.</param>
    public byte[] Seal(byte[] payload, uint? length = null, byte? padding = null)
    {
        if (_compressor is not null)
        {
            using var small = Packet.Rent();
            _compressor.Compress(payload, small);
            payload = small.Span.ToArray();
        }

        int block = Sealer.BlockBytes;
        int fill = block - ((payload.Length + 1 + (Sealer.LengthIsApart ? 0 : LengthBytes)) % block);
        fill += fill < 4 ? block : 0;
        byte[] packet = new byte[LengthBytes + 1 + payload.Length + fill + Sealer.TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(packet, length ?? (uint)(1 + payload.Length + fill));
        packet[LengthBytes] = padding ?? (byte)fill;
        payload.CopyTo(packet, LengthBytes + 1);
        Sealer.Seal(SendSequence++, packet);
        return packet;
    }

    public Task SendAsync(byte[] payload) => SendBytesAsync(Seal(payload));

    public Task SendAsync<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage> => SendAsync(Golden.Write(message));

    /// <summary>The next payload; null where the connection has ended.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        if (!await HasAsync(Opener.HeadBytes))
        {
            return null;
        }

        byte[] head = [.. _received[..Opener.HeadBytes]];
        int whole = LengthBytes + (int)Opener.ReadLength(ReceiveSequence, head) + Opener.TagBytes;
        if (!await HasAsync(whole))
        {
            return null;
        }

        byte[] packet = [.. head, .. _received[head.Length..whole]];
        _received.RemoveRange(0, whole);
        LastPacketBytes = whole;
        Assert.True(Opener.TryOpen(ReceiveSequence++, packet), "A packet of the server whose MAC is wrong.");
        byte[] payload = packet[(LengthBytes + 1)..(whole - Opener.TagBytes - packet[LengthBytes])];
        if (_decompressor is null)
        {
            return payload;
        }

        using var large = Packet.Rent();
        _decompressor.Decompress(payload, large);
        return large.Span.ToArray();
    }

    /// <summary>The next payload of that number; others are left out, the end is not expected.</summary>
    public async Task<byte[]> NextAsync(byte number)
    {
        while (await ReceiveAsync() is { } payload)
        {
            if (payload[0] == number)
            {
                return payload;
            }
        }

        throw new EndOfStreamException($"The server has ended before its {number}.");
    }

    /// <summary>The next message of that kind.</summary>
    public async Task<TMessage> NextAsync<TMessage>()
        where TMessage : IMessage<TMessage> => Golden.Read<TMessage>(await NextAsync(TMessage.Number));

    /// <summary>Everything the server says until it has seen what was sent before; null at the end where it has ended.</summary>
    public async Task<List<byte[]?>> ReceiveToPongAsync()
    {
        await SendAsync(new Ping("now"u8.ToArray()));
        var all = new List<byte[]?>();
        do
        {
            all.Add(await ReceiveAsync());
        }
        while (all[^1] is { } payload && payload[0] != Pong.Number);
        return all;
    }

    /// <summary>Everything the server says until it ends.</summary>
    public async Task<List<byte[]>> ReceiveToEndAsync()
    {
        var all = new List<byte[]>();
        while (await ReceiveAsync() is { } payload)
        {
            all.Add(payload);
        }

        await connection.DisposeAsync();
        return all;
    }

    /// <summary>Version lines.</summary>
    public async Task GreetAsync()
    {
        await SendBytesAsync(Encoding.ASCII.GetBytes(Version + "\r\n"));
        await HearGreetingAsync();
    }

    /// <summary>The server's version line.</summary>
    public async Task<bool> HearGreetingAsync()
    {
        int end;
        while ((end = _received.IndexOf((byte)'\n')) < 0)
        {
            if (!await HasAsync(_received.Count + 1))
            {
                return false;
            }
        }

        PeerVersion = Encoding.ASCII.GetString([.. _received[..(end - 1)]]);
        _received.RemoveRange(0, end + 1);
        return true;
    }

    /// <summary>Our KEXINIT, not sent.</summary>
    public byte[] Init(bool guesses = false)
    {
        string[] keyExchanges = [.. Algorithms.KeyExchanges];
        string[] ciphers = [.. Algorithms.Ciphers];
        string[] macs = [.. Algorithms.Macs];
        string[] compressions = [.. Algorithms.Compressions];
        _ourInit = new KexInit(
            new byte[16], !_isFirst ? keyExchanges : IsStrict ? [.. keyExchanges, Negotiation.ExtInfoClient, Negotiation.StrictClient] : [.. keyExchanges, Negotiation.ExtInfoClient], [.. Algorithms.HostKeys],
            ciphers, ciphers, macs, macs, compressions, compressions, [], [], guesses, 0);
        return _ours = Golden.Write(_ourInit);
    }

    /// <summary>Begins a key exchange and reads the server's KEXINIT; what comes before it is left out.</summary>
    public async Task BeginAsync(bool guesses = false)
    {
        await SendAsync(Init(guesses));
        _peers = await NextAsync(KexInit.Number);
    }

    /// <summary>The client's value, not sent.</summary>
    public byte[] Value()
    {
        byte[] value = [];
        var negotiation = Negotiation.Choose(_ourInit, Golden.Read<KexInit>(_peers), peerIsClient: false);
        _handshake?.Dispose();
        _handshake = new Handshake(
            new HandshakeContext { IsServer = false, OurVersion = Version, PeerVersion = PeerVersion, AcceptHostKey = (_, _) => new(true), Randomness = Randomness.System },
            _ours, _peers, negotiation, packet =>
            {
                value = packet.Span.ToArray();
                packet.Dispose();
            });
        _handshake.Begin();
        return value;
    }

    /// <summary>Ends a key exchange: the server's value, and NEWKEYS of both.</summary>
    public async Task FinishAsync()
    {
        byte[] reply = await NextAsync(KexEcdhReply.Number);
        await _handshake!.HandleAsync(reply[0], reply.AsMemory(1), cancel);
        SessionId = _isFirst ? _handshake.ExchangeHash! : SessionId;
        bool resets = Resets ?? (IsStrict && PeerIsStrict());
        await SendAsync(default(NewKeys));
        Sealer.Dispose();
        Sealer = _handshake.CreateCipher(up: true, seals: true, SessionId);
        SendSequence = resets ? 0 : SendSequence;
        await NextAsync(NewKeys.Number);
        Opener.Dispose();
        Opener = _handshake.CreateCipher(up: false, seals: false, SessionId);
        ReceiveSequence = resets ? 0 : ReceiveSequence;
        _isFirst = false;
    }

    /// <summary>A whole key exchange; the first with version lines.</summary>
    public async Task ShakeAsync()
    {
        if (_isFirst)
        {
            await GreetAsync();
        }

        await BeginAsync();
        await SendAsync(Value());
        await FinishAsync();
    }

    /// <summary>A whole key exchange that the server has begun with this KEXINIT.</summary>
    public async Task AnswerExchangeAsync(byte[] servers)
    {
        _peers = servers;
        await SendAsync(Init());
        await SendAsync(Value());
        await FinishAsync();
    }

    /// <summary>Up to where a login may begin.</summary>
    public async Task AskForLoginAsync()
    {
        await SendAsync(new ServiceRequest("ssh-userauth"));
        await NextAsync<ServiceAccept>();
    }

    /// <summary>The request to log in by password.</summary>
    public static UserauthRequest ByPassword(string user, string password) =>
        UserauthRequest.Of(user, "password", new PasswordFields(Encoding.UTF8.GetBytes(password), null));

    /// <summary>Everything up to a login by password; compression begins behind it where it was agreed.</summary>
    public async Task LogInAsync()
    {
        await ShakeAsync();
        await AskForLoginAsync();
        await SendAsync(ByPassword(SshPair.User, SshPair.Password));
        await NextAsync<UserauthSuccess>();
        _compressor = _handshake!.Negotiation.Up.Compression.CreateCompressor();
        _decompressor = _handshake.Negotiation.Down.Compression.CreateDecompressor(1 << 20);
    }

    /// <summary>Breaks off the compressed stream.</summary>
    public void CompressesNoMore()
    {
        _compressor?.Dispose();
        _compressor = null;
    }

    /// <summary>A channel with a subsystem; the number the server knows it by.</summary>
    public async Task<uint> OpenAsync(string subsystem, uint window = 1 << 20, uint maxPacket = 32 * 1024)
    {
        await SendAsync(new ChannelOpen("session", 0, window, maxPacket, default));
        uint channel = (await NextAsync<ChannelOpenConfirmation>()).Sender;
        await SendAsync(Subsystem(channel, subsystem));
        await NextAsync<ChannelSuccess>();
        return channel;
    }

    /// <summary>Asks for a subsystem.</summary>
    public static ChannelRequestMessage Subsystem(uint channel, string name)
    {
        using var extra = Packet.Rent();
        new WireWriter(extra).Text(name);
        return new(channel, "subsystem", true, extra.Span.ToArray());
    }

    public void Dispose()
    {
        Sealer.Dispose();
        Opener.Dispose();
        _handshake?.Dispose();
        _compressor?.Dispose();
        _decompressor?.Dispose();
    }

    private async ValueTask CutAsync()
    {
        if (CutsByAbort)
        {
            connection.Abort();
        }
        else
        {
            await connection.FinishAsync(cancel);
        }
    }

    private bool PeerIsStrict() => _resets ??= Golden.Read<KexInit>(_peers).KeyExchange.Contains(Negotiation.StrictServer);

    private bool? _resets;

    private async Task<bool> HasAsync(int count)
    {
        while (_received.Count < count)
        {
            int came;
            try
            {
                if (Received == DeafAt)
                {
                    await CutAsync();
                    return false;
                }

                came = await connection.ReceiveAsync(_chunk.AsMemory(0, (int)Math.Min(_chunk.Length, DeafAt - Received)), cancel);
            }
            catch (IOException)
            {
                return false;
            }

            if (came == 0)
            {
                return false;
            }

            Received += came;
            _received.AddRange(_chunk.AsSpan(0, came));
        }

        return true;
    }
}
