namespace Wharf.Client;

/// <summary>
/// How often and how soon a call that failed on its way is made again: lookups, listings, reading, and transfers, which go on where they
/// were. What may have happened already (rename, remove, make) is never repeated blindly.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>None at all.</summary>
    public static RetryPolicy None { get; } = new() { Attempts = 1 };

    /// <summary>Most attempts, the first included. Attempts that moved bytes forward do not count against it.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second attempt; each further one waits <see cref="Factor"/> times as long.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>By what the wait grows.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>The longest wait.</summary>
    public TimeSpan MostDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the very first connection to a server is retried too; otherwise only what fails after a login succeeded.</summary>
    public bool RetriesFirstConnection { get; init; }
}
