namespace Wharf.Ftp.Listings;

/// <summary>The facts MLST and MLSD can show, RFC 3659 section 7.5.</summary>
[Flags]
internal enum Facts
{
    /// <summary>None: names alone.</summary>
    None = 0,

    /// <summary>type: file, dir, cdir, pdir, OS.unix=symlink and the like.</summary>
    Type = 1,

    /// <summary>size: bytes, of files.</summary>
    Size = 2,

    /// <summary>modify: last change, UTC.</summary>
    Modify = 4,

    /// <summary>perm: what this client may do with it.</summary>
    Perm = 8,

    /// <summary>unique: equal for two names of the same file.</summary>
    Unique = 16,

    /// <summary>create: where the disk knows it.</summary>
    Create = 32,

    /// <summary>UNIX.mode: octal.</summary>
    UnixMode = 64,

    /// <summary>UNIX.owner: a number.</summary>
    UnixOwner = 128,

    /// <summary>UNIX.group: a number.</summary>
    UnixGroup = 256,

    /// <summary>All of them: the start.</summary>
    All = 511,
}

/// <summary>The facts by name, in the order they are shown.</summary>
internal static class FactNames
{
    public static readonly IReadOnlyList<(Facts Fact, string Name)> Rows =
    [
        (Facts.Type, "type"), (Facts.Size, "size"), (Facts.Modify, "modify"), (Facts.Perm, "perm"), (Facts.Unique, "unique"),
        (Facts.Create, "create"), (Facts.UnixMode, "UNIX.mode"), (Facts.UnixOwner, "UNIX.owner"), (Facts.UnixGroup, "UNIX.group"),
    ];

    /// <summary>FEAT's line: every fact, the chosen ones with a star (RFC 3659 section 7.8).</summary>
    public static string Feature(Facts chosen) => "MLST " + string.Concat(Rows.Select(row => row.Name + (chosen.HasFlag(row.Fact) ? "*;" : ";")));

    /// <summary>The facts of a list like "type;size;"; what is not known is left out (RFC 3659 section 7.9).</summary>
    public static Facts Parse(string list)
    {
        var facts = Facts.None;
        foreach (string name in list.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            facts |= Rows.FirstOrDefault(row => row.Name.Equals(name.Trim(' '), StringComparison.OrdinalIgnoreCase)).Fact;
        }

        return facts;
    }

    /// <summary>As OPTS MLST answers: "type;size;".</summary>
    public static string List(Facts chosen) => string.Concat(Rows.Where(row => chosen.HasFlag(row.Fact)).Select(row => row.Name + ";"));
}
