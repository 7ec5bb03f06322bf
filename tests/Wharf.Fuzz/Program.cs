using System.Diagnostics;
using System.Globalization;
using Wharf.Fuzz;

const string Usage = "usage: Wharf.Fuzz SECONDS [--seed NUMBER] [--target NAME] [--input HEX]";
int seconds = 60;
int? seed = null;
string? only = null;
string? input = null;
for (int i = 0; i < args.Length; i++)
{
    string? value = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number):
            seed = number;
            i++;
            break;
        case "--target" when value is not null:
            only = value;
            i++;
            break;
        case "--input" when value is not null:
            input = value;
            i++;
            break;
        default:
            if (!int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds == 0)
            {
                Console.Error.WriteLine(Usage);
                return 2;
            }

            break;
    }
}

var targets = TargetTable.Rows.Where(target => only is null || target.Name == only).ToList();
if (targets.Count == 0 || (input is not null && targets.Count > 1))
{
    Console.Error.WriteLine($"{Usage}\ntargets: {string.Join(' ', TargetTable.Rows.Select(target => target.Name))}");
    return 2;
}

if (input is not null)
{
    await targets[0].RunAsync(Convert.FromHexString(input), CancellationToken.None);
    Console.WriteLine("no finding");
    return 0;
}

int first = seed ?? Random.Shared.Next();
var share = TimeSpan.FromSeconds((double)seconds / targets.Count);
Console.WriteLine($"seed {first}, {share.TotalSeconds:F1} s for each of {targets.Count} targets");
foreach (var target in targets)
{
    long began = Stopwatch.GetTimestamp();
    var (runs, finding) = await Fuzzer.RunAsync(target, first, runs => runs == 0 || Stopwatch.GetElapsedTime(began) < share);
    if (finding is not null)
    {
        Console.WriteLine(finding);
        return 1;
    }

    Console.WriteLine($"{target.Name,-24} {runs,10} executions, no finding");
}

return 0;
