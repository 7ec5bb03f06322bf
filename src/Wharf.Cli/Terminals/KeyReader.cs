namespace Wharf.Cli.Terminals;

/// <summary>The keys of a terminal in raw mode, one by one.</summary>
/// <param name="device">Where they come from.</param>
/// <param name="clock">Tells ESC from the beginning of a sequence.</param>
internal sealed class KeyReader(ITerminalDevice device, TimeProvider clock)
{
    /// <summary>The rest of a sequence that began with ESC comes within this time, across a slow line too; else it was the key Escape.</summary>
    public static readonly TimeSpan SequenceWait = TimeSpan.FromMilliseconds(100);

    private readonly KeyDecoder _decoder = new();
    private readonly byte[] _bytes = new byte[4096];
    private Key? _ahead;

    /// <summary>Whether a key is here already, so that drawing can wait until it was seen.</summary>
    public bool HasNext
    {
        get
        {
            if (_ahead is null && _decoder.TryTake(out var key, final: false))
            {
                _ahead = key;
            }

            return _ahead is not null;
        }
    }

    /// <summary>The next key; null at the end of input. When cancelled, no key is lost.</summary>
    public async Task<Key?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (HasNext)
            {
                var key = _ahead;
                _ahead = null;
                return key;
            }

            int count = _decoder.IsWithin ? await ReadRestAsync(cancel) : await device.ReadAsync(_bytes, cancel);
            if (count > 0)
            {
                _decoder.Add(_bytes.AsSpan(0, count));
            }
            else
            {
                return _decoder.TryTake(out var key, final: true) ? key : null;
            }
        }
    }

    /// <summary>The bytes behind a begun sequence; 0 if none came in time.</summary>
    private async Task<int> ReadRestAsync(CancellationToken cancel)
    {
        using var wait = new CancellationTokenSource(SequenceWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, cancel);
        try
        {
            return await device.ReadAsync(_bytes, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return 0;
        }
    }
}
