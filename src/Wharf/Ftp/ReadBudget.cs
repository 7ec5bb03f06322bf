namespace Wharf.Ftp;

/// <summary>
/// How many bytes a session may have read for it per minute. It fills up steadily; one large request may overdraw it, and then
/// the next waits until that is made good, so that a file larger than the budget can still be asked for.
/// </summary>
/// <param name="bytesPerMinute">The budget.</param>
/// <param name="clock">Fills it.</param>
internal sealed class ReadBudget(long bytesPerMinute, TimeProvider clock)
{
    private double _left = bytesPerMinute;
    private long _looked = clock.GetTimestamp();

    /// <summary>Takes bytes off; false, and nothing taken, where none are left.</summary>
    public bool Take(long bytes)
    {
        long now = clock.GetTimestamp();
        _left = Math.Min(bytesPerMinute, _left + (clock.GetElapsedTime(_looked, now).TotalMinutes * bytesPerMinute));
        _looked = now;
        if (_left <= 0)
        {
            return false;
        }

        _left -= bytes;
        return true;
    }
}
