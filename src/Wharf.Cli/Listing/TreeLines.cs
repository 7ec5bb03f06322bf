using Wharf.Client;

namespace Wharf.Cli.Listing;

/// <summary>What is below a directory, as a drawing of lines; entries may come in any order.</summary>
internal sealed class TreeLines(Comparison<RemoteEntry> order)
{
    private readonly Dictionary<string, List<RemoteEntry>> _below = new(StringComparer.Ordinal);

    /// <summary>Takes an entry up, by its path below the root.</summary>
    public void Add(RemoteEntry entry)
    {
        int slash = entry.RelativePath.LastIndexOf('/');
        string parent = slash < 0 ? "" : entry.RelativePath[..slash];
        if (!_below.TryGetValue(parent, out var entries))
        {
            _below[parent] = entries = [];
        }

        entries.Add(entry);
    }

    /// <summary>Each entry with the lines before its name, a directory before what is in it.</summary>
    public IEnumerable<(RemoteEntry Entry, string Branch)> Lines() => Lines("", "");

    private IEnumerable<(RemoteEntry Entry, string Branch)> Lines(string parent, string indent)
    {
        if (!_below.TryGetValue(parent, out var entries))
        {
            yield break;
        }

        entries.Sort(order);
        for (int i = 0; i < entries.Count; i++)
        {
            bool last = i == entries.Count - 1;
            yield return (entries[i], indent + (last ? "└── " : "├── "));
            foreach (var below in Lines(entries[i].RelativePath, indent + (last ? "    " : "│   ")))
            {
                yield return below;
            }
        }
    }
}
