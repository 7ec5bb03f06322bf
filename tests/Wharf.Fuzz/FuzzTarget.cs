namespace Wharf.Fuzz;

/// <summary>What one parser must do with any bytes: come to an end, keep its promises, and throw nothing but what it says.</summary>
/// <param name="name">Also the name of its folder in Corpus/.</param>
internal abstract class FuzzTarget(string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Longest input that is made.</summary>
    public virtual int MostBytes => 4096;

    /// <summary>Words of its grammar, which mutations put in.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Tries one input. Whatever it throws is a finding.</summary>
    public abstract Task RunAsync(byte[] input, CancellationToken cancel);

    /// <summary>What the target promises.</summary>
    protected static void Require(bool holds, string promise)
    {
        if (!holds)
        {
            throw new FindingException(promise);
        }
    }
}

/// <summary>A promise was broken.</summary>
internal sealed class FindingException(string promise) : Exception(promise);
