using System.Text;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>The scripts beside these tests.</summary>
internal static class Scripts
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Ftps", "Scripts", name);

    /// <summary>An errand as lines of "put NAME" and "get NAME", each file coming down right after it went up.</summary>
    public static string Steps(Errand errand)
    {
        var steps = new StringBuilder();
        var down = errand.Down.ToHashSet();
        foreach (string name in errand.Up)
        {
            steps.Append($"put {name}\n");
            if (down.Remove(name))
            {
                steps.Append($"get {name}\n");
            }
        }

        foreach (string name in errand.Down.Where(down.Contains))
        {
            steps.Append($"get {name}\n");
        }

        return steps.ToString();
    }
}
