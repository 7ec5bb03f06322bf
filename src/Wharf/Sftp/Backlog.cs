using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>
/// Input that came while a session was full. The channel bounds it: it is not counted as consumed, so the peer's window
/// closes. Small pieces are copied together, so that each does not hold a buffer of its own.
/// </summary>
internal sealed class Backlog
{
    private const int CopyBytes = 64 * 1024;

    private readonly List<(ReadOnlyMemory<byte> Bytes, SharedBuffer Buffer)> _pieces = [];
    private int _first;
    private SharedBuffer? _copy;
    private int _copied;

    public bool IsEmpty => _first == _pieces.Count;

    /// <summary>Keeps bytes behind those that are there.</summary>
    public void Add(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        if (bytes.Length >= buffer.Memory.Length / 4)
        {
            buffer.Hold();
            _pieces.Add((bytes, buffer));
            return;
        }

        while (!bytes.IsEmpty)
        {
            if (_copy is null || _copied == _copy.Memory.Length)
            {
                _copy?.Release();
                _copy = SharedBuffer.Rent(CopyBytes);
                _copied = 0;
            }

            int count = Math.Min(bytes.Length, _copy.Memory.Length - _copied);
            bytes[..count].CopyTo(_copy.Memory[_copied..]);
            if (!IsEmpty && ReferenceEquals(_pieces[^1].Buffer, _copy))
            {
                int before = _pieces[^1].Bytes.Length;
                _pieces[^1] = (_copy.Memory.Slice(_copied - before, before + count), _copy);
            }
            else
            {
                _copy.Hold();
                _pieces.Add((_copy.Memory.Slice(_copied, count), _copy));
            }

            _copied += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>The first piece; it stays.</summary>
    public (ReadOnlyMemory<byte> Bytes, SharedBuffer Buffer) First => _pieces[_first];

    /// <summary>Takes so many bytes off the first piece.</summary>
    public void Advance(int count)
    {
        var (bytes, buffer) = _pieces[_first];
        if (count < bytes.Length)
        {
            _pieces[_first] = (bytes[count..], buffer);
            return;
        }

        _pieces[_first++] = default;
        buffer.Release();
        if (IsEmpty)
        {
            Clear();
        }
    }

    public void Clear()
    {
        for (; _first < _pieces.Count; _first++)
        {
            _pieces[_first].Buffer.Release();
        }

        _pieces.Clear();
        _first = 0;
        _copy?.Release();
        _copy = null;
    }
}
