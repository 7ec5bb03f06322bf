namespace Wharf.Ssh.KeyExchange.Sntrup;

/// <summary>
/// NTRU Prime's encoding of numbers below given bounds as bytes (section 4.4): neighbours are joined into one number below the
/// product of their bounds, whose low bytes are written out until its bound is below 2^14, and so on level by level until one
/// is left. One of these knows the bounds of every level.
/// </summary>
internal sealed class SntrupEncoding
{
    private const int Limit = 1 << 14;

    private readonly Level[] _levels;
    private readonly int _last;

    /// <param name="count">How many numbers.</param>
    /// <param name="bound">What all of them are below; less than 2^14.</param>
    public SntrupEncoding(int count, int bound)
    {
        var levels = new List<Level>();
        int[] bounds = [.. Enumerable.Repeat(bound, count)];
        while (bounds.Length > 1)
        {
            var level = new Level(bounds, new int[bounds.Length / 2]);
            int[] above = new int[(bounds.Length + 1) / 2];
            for (int i = 0; i < level.Bytes.Length; i++)
            {
                long joined = (long)bounds[2 * i] * bounds[(2 * i) + 1];
                for (; joined >= Limit; joined = (joined + 255) >> 8)
                {
                    level.Bytes[i]++;
                }

                above[i] = (int)joined;
            }

            if (bounds.Length % 2 == 1)
            {
                above[^1] = bounds[^1];
            }

            Bytes += level.Bytes.Sum();
            levels.Add(level);
            bounds = above;
        }

        _levels = [.. levels];
        _last = bounds[0];
        for (int rest = _last; rest > 1; rest = (rest + 255) >> 8)
        {
            Bytes++;
        }
    }

    /// <summary>Bytes of the encoding.</summary>
    public int Bytes { get; }

    /// <summary>Writes the numbers, and leaves nothing of them.</summary>
    public void Write(Span<int> numbers, Span<byte> bytes)
    {
        int at = 0;
        foreach (var level in _levels)
        {
            for (int i = 0; i < level.Bytes.Length; i++)
            {
                uint joined = (uint)(numbers[2 * i] + (numbers[(2 * i) + 1] * level.Bounds[2 * i]));
                for (int k = 0; k < level.Bytes[i]; k++)
                {
                    bytes[at++] = (byte)joined;
                    joined >>= 8;
                }

                numbers[i] = (int)joined;
            }

            if (level.Bounds.Length % 2 == 1)
            {
                numbers[level.Bytes.Length] = numbers[level.Bounds.Length - 1];
            }
        }

        int rest = numbers[0];
        for (; at < Bytes; at++)
        {
            bytes[at] = (byte)rest;
            rest >>= 8;
        }

        SntrupRing.Wipe(numbers);
    }

    /// <summary>
    /// Reads numbers, each below its bound whatever the bytes are. What is read is public (a key or a ciphertext), so here one
    /// may divide.
    /// </summary>
    public void Read(ReadOnlySpan<byte> bytes, Span<int> numbers)
    {
        int at = Bytes;
        int rest = 0;
        for (int bound = _last; bound > 1; bound = (bound + 255) >> 8)
        {
            rest = (rest << 8) | bytes[--at];
        }

        numbers[0] = rest % _last;
        for (int l = _levels.Length - 1; l >= 0; l--)
        {
            var level = _levels[l];
            if (level.Bounds.Length % 2 == 1)
            {
                numbers[level.Bounds.Length - 1] = numbers[level.Bytes.Length];
            }

            // From the back, since each number makes place for two.
            for (int i = level.Bytes.Length - 1; i >= 0; i--)
            {
                uint joined = (uint)numbers[i];
                for (int k = 0; k < level.Bytes[i]; k++)
                {
                    joined = (joined << 8) | bytes[--at];
                }

                (uint high, uint low) = Math.DivRem(joined, (uint)level.Bounds[2 * i]);
                numbers[2 * i] = (int)low;
                numbers[(2 * i) + 1] = (int)(high % (uint)level.Bounds[(2 * i) + 1]);
            }
        }
    }

    /// <param name="Bounds">Of the numbers of this level.</param>
    /// <param name="Bytes">For each pair of them, how many bytes are written out.</param>
    private sealed record Level(int[] Bounds, int[] Bytes);
}
