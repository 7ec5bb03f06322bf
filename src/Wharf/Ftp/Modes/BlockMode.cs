using System.Buffers.Binary;
using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>
/// MODE B, RFC 959 section 3.4.2: blocks of a descriptor byte, a 16-bit count and so many bytes. The end of the file is a
/// flag, so the connection stays open for the next one.
/// </summary>
internal sealed class BlockMode() : TransmissionMode('B', keepsOpen: true)
{
    private const int HeaderBytes = 3;
    private const int LargestBlock = ushort.MaxValue;

    public override bool HasMarkers => true;

    public override ModeWriter Writer(IConnection connection, TransferParameters parameters, ModeOptions options) => new BlockWriter(connection);

    public override ModeReader Reader(IConnection connection, TransferParameters parameters, ModeOptions options) => new BlockReader(connection);

    /// <summary>
    /// Fills blocks as large as its buffer allows. The end of the file is flagged on the last block while that is still
    /// here, else on an empty one.
    /// </summary>
    private sealed class BlockWriter(IConnection connection) : ModeWriter
    {
        private const int None = -1;

        private readonly Outlet _out = new(connection);

        /// <summary>Where the header of the block being filled is; its count is not yet right.</summary>
        private int _open = None;

        /// <summary>Where the header of the last complete data block is, until it is sent.</summary>
        private int _last = None;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            while (!bytes.IsEmpty)
            {
                if (_open == None)
                {
                    await MakeRoomAsync(HeaderBytes + 1, cancel).ConfigureAwait(false);
                    Begin();
                }

                int count = Math.Min(bytes.Length, Math.Min(_out.Room, LargestBlock - Filled));
                _out.Add(bytes.Span[..count]);
                bytes = bytes[count..];
                if (_out.Room == 0 || Filled == LargestBlock)
                {
                    Complete(Descriptor.None);
                }
            }
        }

        public override async ValueTask EndRecordAsync(CancellationToken cancel)
        {
            if (_open == None)
            {
                await MakeRoomAsync(HeaderBytes, cancel).ConfigureAwait(false);
                Begin();
            }

            Complete(Descriptor.EndOfRecord);
        }

        public override async ValueTask MarkAsync(ReadOnlyMemory<byte> marker, CancellationToken cancel)
        {
            if (_open != None)
            {
                Complete(Descriptor.None);
            }

            await MakeRoomAsync(HeaderBytes + marker.Length, cancel).ConfigureAwait(false);
            Begin();
            _out.Add(marker.Span);
            Complete(Descriptor.RestartMarker);
            _last = None;
        }

        public override async ValueTask FinishAsync(CancellationToken cancel)
        {
            if (_open != None)
            {
                Complete(Descriptor.EndOfFile);
            }
            else if (_last != None)
            {
                _out[_last] |= (byte)Descriptor.EndOfFile;
            }
            else
            {
                await MakeRoomAsync(HeaderBytes, cancel).ConfigureAwait(false);
                Begin();
                Complete(Descriptor.EndOfFile);
            }

            await _out.SendAsync(cancel).ConfigureAwait(false);
        }

        public override void Dispose() => _out.Dispose();

        private int Filled => _out.Length - _open - HeaderBytes;

        private async ValueTask MakeRoomAsync(int count, CancellationToken cancel)
        {
            if (_out.Room < count)
            {
                _last = None;
                await _out.SendAsync(cancel).ConfigureAwait(false);
            }
        }

        private void Begin()
        {
            _open = _out.Length;
            _out.Advance(HeaderBytes);
        }

        private void Complete(Descriptor descriptor)
        {
            int count = Filled;
            _out[_open] = (byte)descriptor;
            _out[_open + 1] = (byte)(count >> 8);
            _out[_open + 2] = (byte)count;
            _last = _open;
            _open = None;
        }
    }

    private sealed class BlockReader(IConnection connection) : ModeReader
    {
        private readonly Intake _in = new(connection);
        private Descriptor _descriptor;
        private int _left;
        private bool _inBlock;

        public override ReadOnlyMemory<byte> Unread => _in.Memory;

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
                    throw new EndOfStreamException("The connection closed before the block that ends the file.");
                }
            }
        }

        public override void Dispose() => _in.Dispose();

        /// <summary>Works through what is here; null when more is needed.</summary>
        private ModeRead? Decode(Span<byte> into)
        {
            int count = 0;
            while (true)
            {
                if (!_inBlock)
                {
                    if (_in.Count < HeaderBytes)
                    {
                        break;
                    }

                    _descriptor = Descriptors.Parse(_in.Span[0]);
                    _left = BinaryPrimitives.ReadUInt16BigEndian(_in.Span[1..]);
                    _in.Take(HeaderBytes);
                    _inBlock = true;
                    if (_descriptor.HasFlag(Descriptor.RestartMarker) && _left > Descriptors.MarkerBytes)
                    {
                        throw new InvalidDataException("A restart marker is too long.");
                    }
                }

                string? marker = null;
                if (_descriptor.HasFlag(Descriptor.RestartMarker))
                {
                    if (_in.Count < _left)
                    {
                        break;
                    }

                    marker = Descriptors.Marker(_in.Span[.._left]);
                    _in.Take(_left);
                }
                else
                {
                    int piece = Math.Min(_left, Math.Min(_in.Count, into.Length - count));
                    _in.Span[..piece].CopyTo(into[count..]);
                    _in.Take(piece);
                    _left -= piece;
                    count += piece;
                    SuspectBytes += _descriptor.HasFlag(Descriptor.Suspect) ? piece : 0;
                    if (_left > 0)
                    {
                        break;
                    }
                }

                _inBlock = false;
                bool endOfRecord = _descriptor.HasFlag(Descriptor.EndOfRecord);
                bool endOfFile = _descriptor.HasFlag(Descriptor.EndOfFile);
                if (endOfRecord || endOfFile || marker is not null)
                {
                    return new ModeRead(count, endOfRecord, endOfFile, marker);
                }
            }

            return count > 0 ? new ModeRead(count) : null;
        }
    }
}
