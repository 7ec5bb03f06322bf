using System.Buffers;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Ftp;

/// <summary>What came over the control connection.</summary>
internal enum ControlInput
{
    /// <summary>One command line.</summary>
    Line,

    /// <summary>A line longer than <see cref="FtpLimits.LineBytes"/>; it was read away.</summary>
    TooLong,

    /// <summary>A line with a NUL that pads no CR.</summary>
    Forbidden,

    /// <summary>An over-long line that found no end within <see cref="FtpLimits.OverlongLineBytes"/>.</summary>
    Endless,

    /// <summary>The client ended its direction.</summary>
    End,
}

/// <summary>One piece of control input.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The line without its end, bytes that are not UTF-8 escaped; "" unless <see cref="ControlInput.Line"/>.</param>
internal readonly record struct ControlLine(ControlInput Kind, string Text);

/// <summary>
/// The control connection as lines, RFC 959 section 5.3.1 with the Telnet of RFC 854: IAC sequences are taken out and
/// refused, a doubled 0xFF is one byte of a path, CR NUL is a CR of a path (RFC 2640 section 3.1). RFC 959 wants CRLF; some
/// clients send LF alone, so both end a line. While nothing arrives, no buffer is held.
/// </summary>
internal sealed class ControlStream(IConnection connection, FtpLimits limits) : IDisposable
{
    private const byte Iac = 255;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private IConnection _connection = connection;
    private byte[]? _buffer;
    private int _from;
    private int _to;
    private byte[]? _line;
    private int _length;
    private long _discarded;
    private bool _afterCarriageReturn;
    private bool _forbidden;
    private TelnetSequences _telnet;

    /// <summary>How replies are said; null for English.</summary>
    public Func<string, string?>? Translate { get; set; }

    /// <summary>The next line. One caller at a time. Throws <see cref="IOException"/> when the connection fails.</summary>
    public async ValueTask<ControlLine> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (TakeLine() is { } line)
            {
                ReturnIdleBuffers();
                return line;
            }

            if (_telnet.TakeRefusal() is { } refusal)
            {
                await SendRawAsync(refusal, cancel).ConfigureAwait(false);
            }

            if (_buffer is null)
            {
                // Nothing is rented while the client thinks.
                _ = await _connection.ReceiveAsync(Memory<byte>.Empty, cancel).ConfigureAwait(false);
                _buffer = ArrayPool<byte>.Shared.Rent(4096);
            }

            _from = 0;
            _to = 0;
            _to = await _connection.ReceiveAsync(_buffer, cancel).ConfigureAwait(false);
            if (_to == 0)
            {
                return new(ControlInput.End, "");
            }
        }
    }

    /// <summary>Sends a reply in one piece. Safe beside another send.</summary>
    public async ValueTask SendAsync(Reply reply, CancellationToken cancel) =>
        await SendRawAsync(Encode(reply.Render(Translate)), cancel).ConfigureAwait(false);

    /// <summary>
    /// What has been read but not used is thrown away, half a line and half a Telnet sequence too: what a client sent in clear before TLS
    /// must not count after it.
    /// </summary>
    public void DiscardInput()
    {
        _from = _to = _length = 0;
        _discarded = 0;
        _afterCarriageReturn = _forbidden = false;
        _telnet.Forget();
        ReturnIdleBuffers();
    }

    /// <summary>Goes on over another connection, made of the one before by TLS beginning or ending. Nobody reads or sends meanwhile.</summary>
    public void GoOnOver(IConnection other)
    {
        DiscardInput();
        _connection = other;
    }

    public void Dispose()
    {
        DiscardInput();
        _sending.Dispose();
    }

    /// <summary>
    /// Lines as bytes: LF of a path can end no line (it becomes a space), CR is CR NUL, 0xFF is doubled. So no name, however
    /// made, forges a second reply.
    /// </summary>
    internal static byte[] Encode(IEnumerable<string> lines)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        foreach (string line in lines)
        {
            byte[] name = FileNames.Encode(line);
            foreach (byte b in name)
            {
                switch (b)
                {
                    case (byte)'\r':
                        bytes.Write("\r\0"u8);
                        break;
                    case (byte)'\n' or 0:
                        bytes.Write(" "u8);
                        break;
                    case Iac:
                        bytes.Write([Iac, Iac]);
                        break;
                    default:
                        bytes.Write([b]);
                        break;
                }
            }

            bytes.Write("\r\n"u8);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private async ValueTask SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await _connection.SendAsync(bytes, cancel).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Works through what was received until a line ends; null when more is needed.</summary>
    private ControlLine? TakeLine()
    {
        while (_from < _to)
        {
            if (_discarded > limits.OverlongLineBytes)
            {
                return new(ControlInput.Endless, "");
            }

            byte b = _buffer![_from++];
            switch (_telnet.Take(b))
            {
                case TelnetByte.Taken:
                    continue;
                case TelnetByte.DataBehindIac:
                    if (_afterCarriageReturn)
                    {
                        _afterCarriageReturn = false;
                        Keep((byte)'\r');
                    }

                    Keep(Iac);
                    break;
            }

            if (b == '\n')
            {
                return EndLine();
            }

            if (_afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                Keep((byte)'\r');
                if (b == 0)
                {
                    continue;
                }
            }

            if (b == '\r')
            {
                _afterCarriageReturn = true;
                continue;
            }

            _forbidden |= b == 0;
            Keep(b);
        }

        return null;
    }

    private void Keep(byte b)
    {
        if (_length >= limits.LineBytes)
        {
            _discarded++;
            return;
        }

        _line ??= ArrayPool<byte>.Shared.Rent(256);
        if (_length == _line.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_line.Length * 2);
            _line.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_line, clearArray: true);
            _line = larger;
        }

        _line[_length++] = b;
    }

    private ControlLine EndLine()
    {
        var line = _discarded > 0 ? new ControlLine(ControlInput.TooLong, "")
            : _forbidden ? new ControlLine(ControlInput.Forbidden, "")
            : new ControlLine(ControlInput.Line, _line is null ? "" : FileNames.Decode(_line.AsSpan(0, _length)));
        _length = 0;
        _discarded = 0;
        _afterCarriageReturn = _forbidden = false;
        return line;
    }

    private void ReturnIdleBuffers()
    {
        if (_from == _to && _buffer is not null)
        {
            // Cleared: a password has passed through it.
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
            _buffer = null;
        }

        if (_length == 0 && _line is not null)
        {
            ArrayPool<byte>.Shared.Return(_line, clearArray: true);
            _line = null;
        }
    }
}
