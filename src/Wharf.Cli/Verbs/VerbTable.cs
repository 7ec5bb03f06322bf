namespace Wharf.Cli.Verbs;

/// <summary>A verb's row: its name, and how it is made when somebody asks for it; nothing of the others is touched then.</summary>
internal sealed record VerbRow(string Name, Func<Verb> Make);

/// <summary>All verbs, in the order in which help shows them.</summary>
internal static class VerbTable
{
    public static IReadOnlyList<VerbRow> Rows { get; } =
    [
        new("ls", static () => new Ls()),
        new("mkdir", static () => new Mkdir()),
        new("rmdir", static () => new Rmdir()),
        new("rm", static () => new Rm()),
        new("mv", static () => new Mv()),
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
