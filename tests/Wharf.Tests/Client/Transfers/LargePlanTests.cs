using System.Runtime.CompilerServices;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>Looks at the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(LargePlanTests), DisableParallelization = true)]
[Collection(nameof(LargePlanTests))]
public sealed class LargePlanTests
{
    /// <summary>What the plan's lines are before they go to a file, and some room. All steps at once would be 70 MB.</summary>
    private const long MostBytes = 30_000_000;

    [Fact]
    public async Task A_plan_of_a_hundred_thousand_steps_takes_little_memory()
    {
        var many = new Many(directories: 1000, files: 100);
        var target = Memory();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using var plan = await Engine().PlanAsync(many.At("/"), target.At("/"), SyncMode.Mirror, new(), Cancel);
        long most = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(100_000, plan.Counts.Copied);
        long steps = 0;
        await foreach (var _ in plan.StepsAsync(Cancel))
        {
            if (++steps % 20_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        Assert.Equal(101_000, steps);
        Assert.InRange(most - before, long.MinValue, MostBytes);
    }

    /// <summary>A tree too large to be held.</summary>
    private sealed class Many(int directories, int files) : Layer(new Memory(TimeProvider.System))
    {
        private static readonly DateTime Then = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

        public override async IAsyncEnumerable<Entry> ListAsync(
            VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            for (int i = 0; i < (directory.IsRoot ? directories : files); i++)
            {
                yield return new Entry { Name = $"{i:D6}", Kind = directory.IsRoot ? EntryKind.Directory : EntryKind.File, Length = i, Modified = Then };
            }
        }
    }
}
