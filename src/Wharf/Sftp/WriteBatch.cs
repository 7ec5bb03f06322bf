using System.Buffers;
using System.Collections.Concurrent;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>
/// Data of consecutive WRITE requests of one file that lie behind each other: one write to the disk. The bytes stay in the
/// receive buffers they came in, which the batch holds; where it would hold too much for what it gets out of it, it copies.
/// </summary>
internal sealed class WriteBatch
{
    /// <summary>Bytes beyond which the batch is written.</summary>
    public const int FullBytes = 1024 * 1024;

    /// <summary>Pieces beyond which the batch is written.</summary>
    public const int FullPieces = 64;

    /// <summary>Most bytes of receive buffers one batch holds: a client that sends byte by byte must not pin a buffer for each (T23).</summary>
    private const int MostHeldBytes = 4 * 1024 * 1024;

    private const int CopyBytes = 64 * 1024;
    private const int KeptBatches = 64;

    private static readonly ConcurrentQueue<WriteBatch> _kept = new();

    private readonly List<Piece> _pieces = [];
    private int _count;
    private int _completePieces;
    private SharedBuffer? _copy;
    private int _copied;

    private WriteBatch()
    {
    }

    /// <summary>Where it goes.</summary>
    public OpenFile File { get; private set; } = null!;

    /// <summary>The offset of its first byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes of requests whose data is here wholly.</summary>
    public long CompleteBytes { get; private set; }

    /// <summary>The requests whose data is here wholly.</summary>
    public List<uint> Requests { get; } = [];

    /// <summary>Bytes gathered.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the buffers it holds.</summary>
    public int HeldBytes { get; private set; }

    public bool IsFull => Bytes >= FullBytes || _count >= FullPieces;

    /// <summary>All bytes; valid until <see cref="Release"/>.</summary>
    public ReadOnlySequence<byte> Sequence
    {
        get
        {
            if (_count <= 1)
            {
                return _count == 0 ? default : new(_pieces[0].Memory);
            }

            long index = 0;
            for (int i = 0; i < _count; i++)
            {
                _pieces[i].Link(index, i + 1 < _count ? _pieces[i + 1] : null);
                index += _pieces[i].Memory.Length;
            }

            return new(_pieces[0], 0, _pieces[_count - 1], _pieces[_count - 1].Memory.Length);
        }
    }

    public static WriteBatch Rent(OpenFile file, long offset)
    {
        var batch = _kept.TryDequeue(out var kept) ? kept : new WriteBatch();
        batch.File = file;
        batch.Offset = offset;
        return batch;
    }

    /// <summary>More bytes at the end.</summary>
    /// <param name="bytes">Non-empty.</param>
    /// <param name="buffer">Where they lie; lent for the call.</param>
    public void Add(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        Bytes += bytes.Length;
        if (_count > 0 && ReferenceEquals(_pieces[_count - 1].Buffer, buffer))
        {
            Append(bytes, buffer);
            return;
        }

        if (HeldBytes + buffer.Memory.Length <= MostHeldBytes)
        {
            HeldBytes += buffer.Memory.Length;
            Append(bytes, buffer);
            return;
        }

        Copy(bytes);
    }

    /// <summary>The data of a request is here wholly.</summary>
    public void Complete(uint request)
    {
        Requests.Add(request);
        CompleteBytes = Bytes;
        _completePieces = _count;

        // What is copied next belongs to another request, and may go to another batch.
        _copy?.Release();
        _copy = null;
    }

    /// <summary>Moves what is here of a request that is not here wholly, which may be nothing, to a batch of its own.</summary>
    public WriteBatch SplitIncomplete()
    {
        var rest = Rent(File, Offset + CompleteBytes);
        SharedBuffer? last = null;
        for (int i = _completePieces; i < _count; i++)
        {
            var buffer = _pieces[i].Buffer!;
            if (!ReferenceEquals(last, buffer))
            {
                rest.HeldBytes += buffer.Memory.Length;
                last = buffer;
            }

            rest.Append(_pieces[i].Memory, buffer);
            rest.Bytes += _pieces[i].Memory.Length;
            _pieces[i].Clear();
        }

        (rest._copy, rest._copied, _copy) = (_copy, _copied, null);
        _count = _completePieces;
        Bytes = CompleteBytes;
        return rest;
    }

    /// <summary>Gives all buffers back, and itself.</summary>
    public void Release()
    {
        for (int i = 0; i < _count; i++)
        {
            _pieces[i].Clear();
        }

        _copy?.Release();
        _copy = null;
        _count = _completePieces = HeldBytes = 0;
        Bytes = CompleteBytes = 0;
        Requests.Clear();
        File = null!;
        if (_kept.Count < KeptBatches && _pieces.Count <= FullPieces * 2)
        {
            _kept.Enqueue(this);
        }
    }

    private void Append(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        if (_count == _pieces.Count)
        {
            _pieces.Add(new Piece());
        }

        _pieces[_count++].Set(bytes, buffer);
    }

    private void Copy(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_copy is null || _copied == _copy.Memory.Length)
            {
                _copy?.Release();
                _copy = SharedBuffer.Rent(Math.Max(CopyBytes, bytes.Length));
                _copied = 0;
                HeldBytes += _copy.Memory.Length;
            }

            int count = Math.Min(bytes.Length, _copy.Memory.Length - _copied);
            bytes[..count].CopyTo(_copy.Memory[_copied..]);
            var copied = _copy.Memory.Slice(_copied, count);
            if (_copied > 0 && _count > _completePieces && ReferenceEquals(_pieces[_count - 1].Buffer, _copy))
            {
                _pieces[_count - 1].Extend(_copy.Memory, count);
            }
            else
            {
                Append(copied, _copy);
            }

            _copied += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>One piece of memory and the buffer it lies in, held while it is here.</summary>
    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        private int _start;

        public SharedBuffer? Buffer { get; private set; }

        public void Set(ReadOnlyMemory<byte> memory, SharedBuffer buffer)
        {
            buffer.Hold();
            Memory = memory;
            Buffer = buffer;
            _start = -1;
        }

        /// <summary>The same piece, longer: what follows it in the buffer belongs to it too.</summary>
        public void Extend(Memory<byte> all, int count)
        {
            if (_start < 0)
            {
                all.Span.Overlaps(Memory.Span, out _start);
            }

            Memory = all.Slice(_start, Memory.Length + count);
        }

        public void Link(long index, Piece? next)
        {
            RunningIndex = index;
            Next = next;
        }

        public void Clear()
        {
            Buffer?.Release();
            Buffer = null;
            Memory = default;
            Next = null;
        }
    }
}
