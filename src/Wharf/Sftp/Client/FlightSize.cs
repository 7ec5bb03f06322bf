namespace Wharf.Sftp;

/// <summary>
/// How many bytes of reading are asked for at once. Begins with what OpenSSH's client ends with and doubles as long as answers come about
/// as fast as with a single request: then the path holds more than was asked for. Where answers take longer, requests only wait in line.
/// </summary>
/// <param name="start">Bytes to begin with.</param>
internal sealed class FlightSize(long start)
{
    /// <summary>To begin with: what a window of OpenSSH holds.</summary>
    public const long StartBytes = 2 * 1024 * 1024;

    /// <summary>Never more than this: 64 MiB is 1 Gbit/s over half a second of round trip.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    private bool _probing;
    private bool _wasFull;

    /// <summary>The bytes now.</summary>
    public long Bytes { get; private set; } = start;

    /// <summary>Nothing more was asked for, since this many are under way.</summary>
    public void Full() => _wasFull = true;

    /// <summary>Whether the answer to the next request is measured: one at a time is.</summary>
    public bool Probes()
    {
        if (_probing)
        {
            return false;
        }

        _probing = true;
        _wasFull = false;
        return true;
    }

    /// <summary>The answer to what was measured has come.</summary>
    /// <param name="took">From request to answer, ticks of the clock.</param>
    /// <param name="least">The shortest such time of the session.</param>
    public void Answered(long took, long least)
    {
        _probing = false;
        if (_wasFull && took < 2 * least && Bytes < MostBytes)
        {
            Bytes = Math.Min(2 * Bytes, MostBytes);
        }
    }
}
