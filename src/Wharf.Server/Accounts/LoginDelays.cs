namespace Wharf.Server.Accounts;

/// <summary>What failed logins cost the source they come from.</summary>
internal sealed record LoginDelays
{
    /// <summary>How long the answer to the first failure takes; each further one doubles it.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest delay.</summary>
    public TimeSpan Most { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it takes until one failure is forgotten.</summary>
    public TimeSpan Forget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most sources whose failures are remembered.</summary>
    public int Sources { get; init; } = 65_536;

    /// <summary>The delay that so many remembered failures cost.</summary>
    public TimeSpan For(int failures) => failures == 0
        ? TimeSpan.Zero
        : TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, failures - 1), Most.Ticks));

    /// <summary>Most failures worth remembering: one more would not delay longer.</summary>
    public int MostFailures
    {
        get
        {
            int failures = 1;
            while (failures < 32 && For(failures) < Most && First > TimeSpan.Zero)
            {
                failures++;
            }

            return failures;
        }
    }
}
