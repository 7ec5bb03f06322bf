using System.Text;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <content>Key exchanges, the first one and rekeys.</content>
internal sealed partial class SshTransport
{
    /// <summary>RFC 4344 section 3.1: sequence numbers must not wrap within one key.</summary>
    private const long MostPackets = 1L << 31;

    /// <summary>Extensions of a peer that somebody here asks for (RFC 8308 section 3, OpenSSH PROTOCOL sections 1.9 and 3.1).</summary>
    private static readonly string[] Extensions = ["server-sig-algs", "publickey-hostbound@openssh.com", "ping@openssh.com"];

    private ITimer? _exchangeTimer;
    private byte[]? _ourKexInit;
    private KexInit _ours;
    private Handshake? _handshake;
    private bool _strict;
    private bool _skipGuess;
    private bool _peerTakesExtInfo;
    private bool _newKeysSent;
    private long _keysSince;
    private Negotiation? _agreed;

    private void BeginExchange()
    {
        byte[] cookie = new byte[16];
        role.Randomness.Fill(cookie);
        string[] keyExchanges = [.. algorithms.KeyExchanges];
        if (Exchanges == 0)
        {
            // Only the first exchange tells what else we can do.
            keyExchanges =
            [
                .. keyExchanges,
                role.IsServer ? Negotiation.ExtInfoServer : Negotiation.ExtInfoClient,
                role.IsServer ? Negotiation.StrictServer : Negotiation.StrictClient,
            ];
        }

        string[] ciphers = [.. algorithms.Ciphers];
        string[] macs = [.. algorithms.Macs];
        string[] compressions = [.. algorithms.Compressions];
        _ours = new KexInit(
            cookie, keyExchanges, [.. role.HostKeyAlgorithms(algorithms.HostKeys)], ciphers, ciphers, macs, macs, compressions, compressions, [], [], false, 0);
        var packet = Packet.Of(_ours, 2048);
        _ourKexInit = packet.Span.ToArray();
        _newKeysSent = false;
        _sender.SendKexInit(packet);
        _exchangeTimer?.Dispose();
        _exchangeTimer = Exchanges == 0 ? null
            : clock.CreateTimer(_ => End(SshEnd.Broken), null, limits.ExchangeTime, Timeout.InfiniteTimeSpan);
    }

    private void Take(KexInit peers, ReadOnlyMemory<byte> payload)
    {
        if (_handshake is not null)
        {
            throw new SshException(DisconnectReason.KeyExchangeFailed, "A second KEXINIT within a key exchange.");
        }

        if (Exchanges == 0)
        {
            var here = role.IsServer ? Negotiation.StrictClient : Negotiation.StrictServer;
            _strict = Array.IndexOf(peers.KeyExchange, here) >= 0;
            _peerTakesExtInfo = Array.IndexOf(peers.KeyExchange, role.IsServer ? Negotiation.ExtInfoClient : Negotiation.ExtInfoServer) >= 0;
            if (_strict && _reader.Sequence != 1)
            {
                throw new SshException(DisconnectReason.KeyExchangeFailed, "Something came before the first KEXINIT.");
            }
        }

        if (_ourKexInit is null)
        {
            BeginExchange();
        }

        _agreed = role.IsServer ? Negotiation.Choose(peers, _ours, peerIsClient: true) : Negotiation.Choose(_ours, peers, peerIsClient: false);
        _skipGuess = _agreed.PeerGuessedWrong;
        _handshake = new Handshake(_context, _ourKexInit!, payload.ToArray(), _agreed, _sender.SendOfExchange);
        _handshake.Begin();
    }

    private async ValueTask TakeExchangeAsync(byte number, ReadOnlyMemory<byte> fields, CancellationToken cancel)
    {
        if (_handshake is null)
        {
            throw new SshException(DisconnectReason.KeyExchangeFailed, $"Message {number} without a key exchange.");
        }

        if (_skipGuess)
        {
            // RFC 4253 section 7: a wrong guess is ignored, whatever it says.
            _skipGuess = false;
            return;
        }

        if (await _handshake.HandleAsync(number, fields, cancel).ConfigureAwait(false))
        {
            SendNewKeys();
        }
    }

    private void SendNewKeys()
    {
        if (_sessionId.Length == 0)
        {
            _sessionId = _handshake!.ExchangeHash!;
            HostKey = _handshake.HostKey;
        }

        bool up = !role.IsServer;
        var cipher = _handshake!.CreateCipher(up, seals: true, _sessionId);
        var ours = up ? _agreed!.Up : _agreed!.Down;
        Packet? extInfo = Exchanges == 0 && _peerTakesExtInfo && role.Extensions.Count > 0
            ? Packet.Of(new ExtInfo([.. role.Extensions.Select(pair => (pair.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(pair.Value)))]), 1024)
            : null;
        _sender.SendNewKeys(Packet.Of(default(NewKeys)), cipher, _compressing ? ours.Compression.CreateCompressor() : null, _strict, extInfo);
        _newKeysSent = true;
    }

    private void TakeNewKeys()
    {
        if (_handshake is null || !_newKeysSent)
        {
            throw new SshException(DisconnectReason.KeyExchangeFailed, "NEWKEYS out of turn.");
        }

        bool up = role.IsServer;
        _reader.Use(_handshake.CreateCipher(up, seals: false, _sessionId), _strict);
        if (_compressing)
        {
            _reader.UseDecompressor((up ? _agreed!.Up : _agreed!.Down).Compression.CreateDecompressor(limits.PacketBytes));
        }

        _handshake.Dispose();
        _handshake = null;
        _ourKexInit = null;
        _exchangeTimer?.Dispose();
        _exchangeTimer = null;
        _keysSince = clock.GetTimestamp();
        if (Exchanges++ == 0)
        {
            _user.Ready();
        }
    }

    private void Take(ExtInfo info)
    {
        if (Exchanges == 0)
        {
            throw new SshException(DisconnectReason.ProtocolError, "EXT_INFO before NEWKEYS.");
        }

        var extensions = new Dictionary<string, string>(PeerExtensions);
        foreach (var (name, value) in info.Extensions)
        {
            // What nobody here asks for is not kept: EXT_INFO may come any number of times.
            if (Array.IndexOf(Extensions, name) >= 0)
            {
                extensions[name] = Encoding.UTF8.GetString(value.Span);
            }
        }

        PeerExtensions = extensions;
    }

    private void RekeyWhenDue()
    {
        if (_ourKexInit is not null || Exchanges == 0)
        {
            return;
        }

        if (_sender.Bytes > limits.RekeyBytes || _reader.Bytes > limits.RekeyBytes || _sender.Packets > MostPackets || _reader.Packets > MostPackets
            || (limits.RekeyTime > TimeSpan.Zero && clock.GetElapsedTime(_keysSince) > limits.RekeyTime))
        {
            BeginExchange();
        }
    }
}
