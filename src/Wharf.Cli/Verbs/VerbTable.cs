namespace Wharf.Cli.Verbs;

/// <summary>A verb's row: its name, and how it is made when somebody asks for it; nothing of the others is touched then.</summary>
internal sealed record VerbRow(string Name, Func<Verb> Make);

/// <summary>All verbs, in the order in which help shows them.</summary>
internal static class VerbTable
{
    public static IReadOnlyList<VerbRow> Rows { get; } =
    [
        new("ls", static () => new Ls()),
        new("tree", static () => new Tree()),
        new("stat", static () => new Stat()),
        new("cat", static () => new Cat()),
        new("find", static () => new Find()),
        new("du", static () => new Du()),
        new("df", static () => new Df()),
        new("hash", static () => new Hash()),
        new("get", static () => new Get()),
        new("put", static () => new Put()),
        new("cp", static () => new Cp()),
        new("sync", static () => new Sync()),
        new("diff", static () => new Diff()),
        new("edit", static () => new Edit()),
        new("watch", static () => new Watch()),
        new("bench", static () => new Bench()),
        new("mkdir", static () => new Mkdir()),
        new("rmdir", static () => new Rmdir()),
        new("rm", static () => new Rm()),
        new("mv", static () => new Mv()),
        new("ln", static () => new Ln()),
        new("chmod", static () => new Chmod()),
        new("touch", static () => new Touch()),
    ];

    /// <summary>The verb of that name; null for none.</summary>
    public static Verb? Find(string name)
    {
        foreach (var row in Rows)
        {
            if (row.Name == name)
            {
                return row.Make();
            }
        }

        return null;
    }
}
