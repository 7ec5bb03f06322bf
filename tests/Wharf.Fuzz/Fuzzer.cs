using System.Globalization;

namespace Wharf.Fuzz;

/// <summary>Runs one target on its corpus and on what mutations make of it. It measures no coverage.</summary>
internal static class Fuzzer
{
    /// <summary>Longest time one input may take; real time, since an endless loop knows no other.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(20);

    /// <summary>Runs until told otherwise; returns how many inputs were tried, or the finding.</summary>
    /// <param name="target">What is fed.</param>
    /// <param name="seed">Of the mutations.</param>
    /// <param name="goesOn">Asked before each input with the number of those tried.</param>
    public static async Task<(long Runs, string? Finding)> RunAsync(FuzzTarget target, int seed, Func<long, bool> goesOn)
    {
        var corpus = Corpus(target.Name);
        var mutator = new Mutator(new Random(seed), corpus, target.Words, target.MostBytes);
        long runs = 0;
        while (goesOn(runs))
        {
            byte[] input = runs < corpus.Count ? corpus[(int)runs] : mutator.Next();
            runs++;
            using var patience = new CancellationTokenSource(LongestRun);
            try
            {
                // On the pool, so that an input that never yields is found too.
                await Task.Run(() => target.RunAsync(input, patience.Token), patience.Token).WaitAsync(LongestRun, CancellationToken.None);
            }
#pragma warning disable CA1031 // Any exception is the finding.
            catch (Exception finding)
#pragma warning restore CA1031
            {
                return (runs, string.Create(
                    CultureInfo.InvariantCulture,
                    $"finding in {target.Name}, seed {seed}, run {runs}\ninput {Convert.ToHexStringLower(input)}\n{finding}"));
            }
        }

        return (runs, null);
    }

    private static List<byte[]> Corpus(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Corpus", name);
        return [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }
}
