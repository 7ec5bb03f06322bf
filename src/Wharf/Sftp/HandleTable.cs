using System.Buffers.Binary;

namespace Wharf.Sftp;

/// <summary>
/// The open handles of one session. A handle is a place and how often that place was used before, so that one that was closed
/// is never taken for the next one. Safe from any thread.
/// </summary>
/// <param name="capacity">Most at once.</param>
internal sealed class HandleTable(int capacity)
{
    /// <summary>Bytes of a handle on the wire.</summary>
    public const int HandleBytes = 8;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private (OpenHandle? Handle, uint Uses)[] _places = [];
    private int _used;
    private int _promised;
    private bool _closed;

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _used - _free.Count;
            }
        }
    }

    /// <summary>Sets a place apart before anything is opened. Throws where there is none left.</summary>
    public void Reserve()
    {
        lock (_gate)
        {
            if (_used - _free.Count + _promised >= capacity)
            {
                throw new SftpException(SftpFailure.TooManyHandles);
            }

            _promised++;
        }
    }

    /// <summary>Gives a reserved place back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _promised--;
        }
    }

    /// <summary>Puts something on a reserved place. False when the session is over: then nobody will close it but the caller.</summary>
    public bool TryAdd(OpenHandle opened, Span<byte> handle)
    {
        lock (_gate)
        {
            _promised--;
            if (_closed)
            {
                return false;
            }

            if (!_free.TryPop(out int place))
            {
                place = _used++;
                if (place == _places.Length)
                {
                    Array.Resize(ref _places, Math.Max(4, place * 2));
                }
            }

            _places[place].Handle = opened;
            BinaryPrimitives.WriteInt32BigEndian(handle, place);
            BinaryPrimitives.WriteUInt32BigEndian(handle[4..], _places[place].Uses);
            return true;
        }
    }

    /// <summary>What a handle stands for; null where it is none.</summary>
    public OpenHandle? Find(ReadOnlySpan<byte> handle)
    {
        lock (_gate)
        {
            return Place(handle) is { } place ? _places[place].Handle : null;
        }
    }

    /// <summary>The file a handle stands for. Throws where it stands for none.</summary>
    public OpenFile File(ReadOnlyMemory<byte> handle) =>
        Find(handle.Span) as OpenFile ?? throw new SftpException(SftpFailure.InvalidHandle);

    /// <summary>The directory a handle stands for. Throws where it stands for none.</summary>
    public OpenListing Listing(ReadOnlyMemory<byte> handle) =>
        Find(handle.Span) as OpenListing ?? throw new SftpException(SftpFailure.InvalidHandle);

    /// <summary>Makes a handle unknown; the caller owns what it stood for. Throws where it is none.</summary>
    public OpenHandle Remove(ReadOnlyMemory<byte> handle)
    {
        lock (_gate)
        {
            if (Place(handle.Span) is not { } place)
            {
                throw new SftpException(SftpFailure.InvalidHandle);
            }

            var removed = _places[place].Handle!;
            _places[place] = (null, _places[place].Uses + 1);
            _free.Push(place);
            return removed;
        }
    }

    /// <summary>Takes everything out; nothing can be added any more.</summary>
    public IReadOnlyList<OpenHandle> Clear()
    {
        lock (_gate)
        {
            _closed = true;
            OpenHandle[] all = [.. _places.Select(place => place.Handle).OfType<OpenHandle>()];
            _places = [];
            _free.Clear();
            _used = 0;
            return all;
        }
    }

    private int? Place(ReadOnlySpan<byte> handle)
    {
        if (handle.Length != HandleBytes)
        {
            return null;
        }

        uint place = BinaryPrimitives.ReadUInt32BigEndian(handle);
        uint uses = BinaryPrimitives.ReadUInt32BigEndian(handle[4..]);
        return place < (uint)_used && _places[place] is { Handle: not null } there && there.Uses == uses ? (int)place : null;
    }
}
