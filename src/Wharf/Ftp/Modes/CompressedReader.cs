using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>
/// Takes compressed data apart. RFC 959 section 3.4.3 says that the codes of an escape "apply to the succeeding string of
/// bytes", as in block mode, so an end is at that string's end. Senders are met that mean the place where the escape stands:
/// they have nothing to say behind the last one. Both are read, each as it means it (PROTOCOL.md).
/// </summary>
internal sealed class CompressedReader(IConnection connection, byte filler, ModeOptions options) : ModeReader
{
    private readonly Intake _in = new(connection);

    /// <summary>Codes of the last escape, until their string has ended.</summary>
    private Descriptor _codes;

    /// <summary>Bytes of the current string that are still to come.</summary>
    private int _left;

    /// <summary>What the current string repeats; null for a byte string.</summary>
    private byte? _repeated;

    private bool _inString;
    private bool _anyString;

    /// <summary>Whether this sender's EOR stands before the record's last string (true) or behind it; null until the first one.</summary>
    private bool? _endPrecedes;

    private byte[]? _marker;
    private int _markerLength;

    public override ReadOnlyMemory<byte> Unread => _in.Memory;

    public override async ValueTask<ModeRead> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        while (true)
        {
            if (Decode(into.Span) is { } found)
            {
                return found;
            }

            bool mayEndHere = _in.Count == 0 && !_inString && _codes.HasFlag(Descriptor.EndOfFile) && !_codes.HasFlag(Descriptor.RestartMarker);
            if (!await FillAsync(mayEndHere, cancel).ConfigureAwait(false))
            {
                return mayEndHere
                    ? new ModeRead(0, _codes.HasFlag(Descriptor.EndOfRecord), EndOfFile: true)
                    : throw new EndOfStreamException("The connection closed before the escape that ends the file.");
            }
        }
    }

    public override void Dispose() => _in.Dispose();

    /// <summary>More bytes; false at the end of the connection, or where the file may have ended already and no string comes in time.</summary>
    private async ValueTask<bool> FillAsync(bool mayEndHere, CancellationToken cancel)
    {
        if (!mayEndHere)
        {
            return await _in.FillAsync(cancel).ConfigureAwait(false);
        }

        if (_endPrecedes is false)
        {
            return false;
        }

        using var grace = new CancellationTokenSource(options.Limits.EndOfFileGrace, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, cancel);
        try
        {
            return await _in.FillAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (grace.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Works through what is here; null when more is needed.</summary>
    private ModeRead? Decode(Span<byte> into)
    {
        int count = 0;
        while (true)
        {
            if (!_inString)
            {
                if (_in.Count == 0)
                {
                    break;
                }

                byte head = _in.Span[0];
                if (head == CompressedStrings.Escape)
                {
                    if (_codes.HasFlag(Descriptor.RestartMarker))
                    {
                        throw new InvalidDataException("A restart marker without its text.");
                    }

                    if (_codes != Descriptor.None)
                    {
                        // No string came between two escapes: the first one says what it says here.
                        return End(count, null);
                    }

                    if (_in.Count < 2)
                    {
                        break;
                    }

                    _codes = Descriptors.Parse(_in.Span[1]);
                    _in.Take(2);
                    if (_codes == Descriptor.EndOfRecord)
                    {
                        _endPrecedes ??= !_anyString;
                        if (_endPrecedes is false)
                        {
                            return End(count, null);
                        }
                    }

                    continue;
                }

                if (!Begin(head))
                {
                    break;
                }
            }

            if (_codes.HasFlag(Descriptor.RestartMarker))
            {
                TakeMarker();
            }
            else
            {
                count += TakeData(into[count..]);
            }

            if (_left > 0)
            {
                break;
            }

            _inString = false;
            _anyString = true;
            if (_codes != Descriptor.None)
            {
                string? marker = _codes.HasFlag(Descriptor.RestartMarker) ? Descriptors.Marker(_marker.AsSpan(0, _markerLength)) : null;
                var codes = _codes & ~Descriptor.Suspect;
                if (codes != Descriptor.None)
                {
                    return End(count, marker);
                }

                _codes = Descriptor.None;
            }
        }

        return count > 0 ? new ModeRead(count) : null;
    }

    private ModeRead End(int count, string? marker)
    {
        var codes = _codes;
        _codes = Descriptor.None;
        return new ModeRead(count, codes.HasFlag(Descriptor.EndOfRecord), codes.HasFlag(Descriptor.EndOfFile), marker);
    }

    /// <summary>Reads the head of a string; false when its second byte is still to come.</summary>
    private bool Begin(byte head)
    {
        if (head < CompressedStrings.Replicated)
        {
            _left = head;
            _repeated = null;
        }
        else if (head < CompressedStrings.FillerString)
        {
            if (_in.Count < 2)
            {
                return false;
            }

            _left = head & CompressedStrings.LongestRun;
            _repeated = _in.Span[1];
            _in.Take(1);
        }
        else
        {
            _left = head & CompressedStrings.LongestRun;
            _repeated = filler;
        }

        _in.Take(1);
        _inString = true;
        _markerLength = 0;
        return true;
    }

    private int TakeData(Span<byte> into)
    {
        int piece = Math.Min(_left, into.Length);
        if (_repeated is { } value)
        {
            into[..piece].Fill(value);
        }
        else
        {
            piece = Math.Min(piece, _in.Count);
            _in.Span[..piece].CopyTo(into);
            _in.Take(piece);
        }

        _left -= piece;
        SuspectBytes += _codes.HasFlag(Descriptor.Suspect) ? piece : 0;
        return piece;
    }

    private void TakeMarker()
    {
        _marker ??= new byte[CompressedStrings.LongestString];
        _markerLength += TakeData(_marker.AsSpan(_markerLength));
    }
}
