using Wharf.Fuzz;

namespace Wharf.Tests.Fuzz;

/// <summary>Each target on its corpus and a few hundred inputs of one fixed seed; ./build fuzz goes on from there.</summary>
public sealed class FuzzTests
{
    private const int Seed = 959;
    private const int Runs = 300;

    public static TheoryData<string> Targets => [.. TargetTable.Rows.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Odd_bytes_break_no_promise(string name)
    {
        var target = TargetTable.Rows.Single(row => row.Name == name);
        var (runs, finding) = await Fuzzer.RunAsync(target, Seed, run => run < Runs);
        Assert.Null(finding);
        Assert.Equal(Runs, runs);
    }
}
