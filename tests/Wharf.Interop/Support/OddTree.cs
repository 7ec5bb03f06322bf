using System.Security.Cryptography;

namespace Wharf.Interop.Support;

/// <summary>A small tree of names that have tripped servers and clients before, and of sizes around the borders of blocks.</summary>
internal static class OddTree
{
    /// <summary>A name of 255 bytes, the longest that Linux file systems take.</summary>
    public static readonly string Longest = new string('n', 251) + ".bin";

    /// <summary>Paths of files, each with the size it gets.</summary>
    public static readonly IReadOnlyList<(string Path, int Bytes)> Files =
    [
        ("plain.txt", 11),
        ("empty", 0),
        ("one", 1),
        ("with a space.dat", 65_535),
        (" leading space", 65_536),
        ("trailing space ", 65_537),
        ("-leading-dash", 4_096),
        ("--option=value", 100),
        ("d\u00FCnn \u6F22\u5B57 \U0001F980.txt", 1_048_583),
        ("e\u0301 decomposed", 10),
        ("single'quote", 20),
        ("double\"quote", 21),
        ("per%cent %41%00", 22),
        ("hash#mark;semi&amp", 23),
        ("back\\slash", 24),
        ("[glob]*?{a,b}", 25),
        ("~tilde $HOME `x` !", 26),
        (".hidden", 27),
        ("...", 28),
        (Longest, 29),
        ("a folder/and a file", 30),
        ("-dash folder/-dash file", 31),
        ("\u6DF1\u3044/\u6DF1\u3044/\u6DF1\u3044", 32),
        (" /inside a space", 33),
    ];

    /// <summary>The names without a folder.</summary>
    public static IEnumerable<string> Flat => Files.Select(file => file.Path).Where(path => !path.Contains('/'));

    /// <summary>Makes the tree in a folder, but for the paths this client cannot carry; returns the paths it made.</summary>
    public static IReadOnlyList<string> Create(string folder, Predicate<string>? cannot = null)
    {
        List<string> made = [];
        foreach (var (path, bytes) in Files)
        {
            if (cannot is null || !cannot(path))
            {
                string file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, RandomNumberGenerator.GetBytes(bytes));
                made.Add(path);
            }
        }

        return made;
    }
}
