using System.Buffers;

namespace Wharf.Wire;

/// <summary>
/// A rented buffer that received bytes stay in while somebody needs them: whoever reads into it holds it, and everyone who
/// wants a part of it for longer than a call holds it too. The last to release it gives it back. Safe from any thread.
/// </summary>
internal sealed class SharedBuffer
{
    private byte[]? _array;
    private int _holders = 1;

    private SharedBuffer(int capacity) => _array = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>A buffer of at least so many bytes, held once.</summary>
    public static SharedBuffer Rent(int capacity) => new(capacity);

    /// <summary>The bytes; only for holders.</summary>
    public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(SharedBuffer));

    /// <summary>Whether nobody but the caller holds it, so that it can be written anew.</summary>
    public bool IsHeldOnce => Volatile.Read(ref _holders) == 1;

    /// <summary>Holds it once more; only for holders and during the call that lends it.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Holds it once less.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
