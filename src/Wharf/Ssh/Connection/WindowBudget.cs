namespace Wharf.Ssh.Connection;

/// <summary>What the windows of all channels may grow by together. Safe from any thread.</summary>
/// <param name="bytes">The bound.</param>
internal sealed class WindowBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Takes so many bytes; false where fewer are left.</summary>
    public bool TryTake(int count)
    {
        if (Interlocked.Add(ref _left, -count) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _left, count);
        return false;
    }

    /// <summary>Gives them back.</summary>
    public void Return(int count) => Interlocked.Add(ref _left, count);
}
