using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>
/// Bytes of a control connection into replies, RFC 959 section 4.2, however they are cut, with the Telnet of RFC 854 taken out. A reply
/// of several lines begins with "123-" and ends with a line "123 "; what stands between may look like anything. RFC 959 wants CRLF; LF
/// alone ends a line too. Text that is no reply at all is passed over up to a bound: some servers' wrappers print a line before the greeting.
/// </summary>
internal sealed class ReplyParser
{
    /// <summary>Longest line, bytes: a path of 4096 characters, escaped, with its facts.</summary>
    public const int LineBytes = 64 * 1024;

    /// <summary>Longest reply, bytes: FEAT and HELP have some hundred lines at most.</summary>
    public const int ReplyBytes = 1 << 20;

    /// <summary>Most lines that belong to no reply.</summary>
    public const int StrayLines = 64;

    private const byte Iac = 255;

    private readonly ArrayBufferWriter<byte> _line = new(256);
    private readonly List<string> _lines = [];
    private int _code;
    private int _bytes;
    private int _stray;
    private TelnetSequences _telnet;
    private bool _afterCarriageReturn;

    /// <summary>Whether a reply or a line has begun and not ended.</summary>
    public bool IsWithin => _lines.Count > 0 || _line.WrittenCount > 0;

    /// <summary>What Telnet wants sent back, once; null for nothing.</summary>
    public byte[]? TakeRefusal() => _telnet.TakeRefusal();

    /// <summary>Forgets what it has of a line and of a reply: what came before TLS must not count after it.</summary>
    public void Forget()
    {
        _line.ResetWrittenCount();
        _lines.Clear();
        _bytes = 0;
        _telnet.Forget();
        _afterCarriageReturn = false;
    }

    /// <summary>The next whole reply, and the bytes it took are gone from the input; null when all are taken and more is needed.</summary>
    /// <exception cref="InvalidDataException">A bound is passed, or too much of it is no reply.</exception>
    public ServerReply? Parse(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            byte b = input[0];
            input = input[1..];
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
                _afterCarriageReturn = false;
                if (EndLine() is { } reply)
                {
                    return reply;
                }

                continue;
            }

            if (_afterCarriageReturn)
            {
                // RFC 2640 section 3.1: CR NUL is a CR within a name.
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

            Keep(b);
        }

        return null;
    }

    private void Keep(byte b)
    {
        if (_line.WrittenCount == LineBytes || ++_bytes > ReplyBytes)
        {
            throw new InvalidDataException("The server's reply is longer than any reply.");
        }

        _line.GetSpan(1)[0] = b;
        _line.Advance(1);
    }

    private ServerReply? EndLine()
    {
        string line = FileNames.Decode(_line.WrittenSpan);
        _line.ResetWrittenCount();
        int code = CodeOf(line);
        if (_lines.Count == 0)
        {
            if (code == 0)
            {
                _bytes = 0;
                return ++_stray <= StrayLines ? null : throw new InvalidDataException("What the server says is not FTP.");
            }

            _code = code;
            _lines.Add(TextOf(line));
            return line.Length > 3 && line[3] == '-' ? null : End();
        }

        if (code == _code)
        {
            _lines.Add(TextOf(line));
            return line.Length > 3 && line[3] == '-' ? null : End();
        }

        _lines.Add(line);
        return null;
    }

    private ServerReply End()
    {
        var reply = new ServerReply(_code, [.. _lines]);
        _lines.Clear();
        _bytes = 0;
        return reply;
    }

    /// <summary>The code a line begins with; 0 for none.</summary>
    private static int CodeOf(string line) =>
        line.Length >= 3 && line[0] is >= '1' and <= '6' && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2])
        && (line.Length == 3 || line[3] is ' ' or '-')
            ? ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0')
            : 0;

    private static string TextOf(string line) => line.Length > 4 ? line[4..] : "";
}
