using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>The two-byte control codes of RFC 959 section 3.4.1: the escape character, then what it says.</summary>
internal static class StreamRecordCode
{
    /// <summary>All ones. As data it is sent twice.</summary>
    public const byte Escape = 0xFF;

    /// <summary>End of record.</summary>
    public const byte EndOfRecord = 1;

    /// <summary>End of file; together with the end of a record, 3.</summary>
    public const byte EndOfFile = 2;
}

/// <summary>
/// STRU R in MODE S, RFC 959 section 3.4.1. The end of the last record and of the file go as one code (3), "on the last byte
/// transmitted".
/// </summary>
internal sealed class StreamRecordWriter(IConnection connection) : ModeWriter
{
    private readonly Outlet _out = new(connection);
    private bool _recordEnded;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        await EndHeldRecordAsync(cancel).ConfigureAwait(false);
        while (!bytes.IsEmpty)
        {
            await _out.MakeRoomAsync(2, cancel).ConfigureAwait(false);
            bytes = bytes[Code(bytes.Span)..];
        }
    }

    public override async ValueTask EndRecordAsync(CancellationToken cancel)
    {
        await EndHeldRecordAsync(cancel).ConfigureAwait(false);
        _recordEnded = true;
    }

    public override async ValueTask FinishAsync(CancellationToken cancel)
    {
        await _out.MakeRoomAsync(2, cancel).ConfigureAwait(false);
        _out.Add([StreamRecordCode.Escape, (byte)(StreamRecordCode.EndOfFile | (_recordEnded ? StreamRecordCode.EndOfRecord : 0))]);
        await _out.SendAsync(cancel).ConfigureAwait(false);
    }

    public override void Dispose() => _out.Dispose();

    private async ValueTask EndHeldRecordAsync(CancellationToken cancel)
    {
        if (_recordEnded)
        {
            await _out.MakeRoomAsync(2, cancel).ConfigureAwait(false);
            _out.Add([StreamRecordCode.Escape, StreamRecordCode.EndOfRecord]);
            _recordEnded = false;
        }
    }

    /// <summary>Gathers bytes up to and with the first escape, as far as there is room; returns how many.</summary>
    private int Code(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, _out.Room - 1)];
        int escape = bytes.IndexOf(StreamRecordCode.Escape);
        if (escape < 0)
        {
            _out.Add(bytes);
            return bytes.Length;
        }

        _out.Add(bytes[..(escape + 1)]);
        _out.Add([StreamRecordCode.Escape]);
        return escape + 1;
    }
}

/// <summary>
/// STRU R in MODE S, received. The end of the file is a code here, so a connection that closes without it has lost
/// something.
/// </summary>
internal sealed class StreamRecordReader(IConnection connection) : ModeReader
{
    private readonly Intake _in = new(connection);

    public override async ValueTask<ModeRead> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        while (true)
        {
            if (Decode(into.Span) is { } found)
            {
                return found;
            }

            if (!await _in.FillAsync(cancel).ConfigureAwait(false))
            {
                throw new EndOfStreamException("The connection closed without the code for the end of the file.");
            }
        }
    }

    public override void Dispose() => _in.Dispose();

    /// <summary>Works through what is here; null when more is needed.</summary>
    private ModeRead? Decode(Span<byte> into)
    {
        int count = 0;
        while (_in.Count > 0 && count < into.Length)
        {
            var here = _in.Span;
            int escape = here.IndexOf(StreamRecordCode.Escape);
            if (escape != 0)
            {
                int plain = Math.Min(escape < 0 ? here.Length : escape, into.Length - count);
                here[..plain].CopyTo(into[count..]);
                count += plain;
                _in.Take(plain);
                continue;
            }

            if (here.Length < 2)
            {
                break;
            }

            byte code = here[1];
            _in.Take(2);
            switch (code)
            {
                case StreamRecordCode.Escape:
                    into[count++] = StreamRecordCode.Escape;
                    break;
                case StreamRecordCode.EndOfRecord:
                    return new ModeRead(count, EndOfRecord: true);
                case StreamRecordCode.EndOfFile or (StreamRecordCode.EndOfFile | StreamRecordCode.EndOfRecord):
                    return _in.Count == 0
                        ? new ModeRead(count, EndOfRecord: code != StreamRecordCode.EndOfFile, EndOfFile: true)
                        : throw new InvalidDataException("Data behind the code for the end of the file.");
                default:
                    throw new InvalidDataException($"Control code {code} means nothing.");
            }
        }

        return count > 0 ? new ModeRead(count) : null;
    }
}
