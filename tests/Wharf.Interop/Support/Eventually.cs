using System.Diagnostics;

namespace Wharf.Interop.Support;

/// <summary>Waits for something that another process does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until it holds; fails with the sentence when it has not within the time.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string sentence, TimeSpan? within = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < (within ?? TimeSpan.FromSeconds(20)), sentence);
            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }
}
