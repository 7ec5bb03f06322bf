namespace Wharf.Scp;

/// <summary>
/// The command line of the far end of scp, which users never type: "scp -t TARGET" receives, "scp -f SOURCE..." sends. There
/// is no RFC; the peer is OpenSSH's "scp -O" and what was modelled on it.
/// </summary>
internal sealed record ScpArguments
{
    /// <summary>-t: files are received; otherwise (-f) they are sent.</summary>
    public bool IsSink { get; private init; }

    /// <summary>-r: directories too.</summary>
    public bool Recursive { get; private init; }

    /// <summary>-p: times and modes are kept.</summary>
    public bool Preserve { get; private init; }

    /// <summary>-d: the target must be a directory.</summary>
    public bool MustBeDirectory { get; private init; }

    /// <summary>The target, or the sources.</summary>
    public IReadOnlyList<ShellWord> Paths { get; private init; } = [];

    /// <summary>Why it cannot be done, for the peer; null where it can.</summary>
    public string? Mistake { get; private init; }

    /// <summary>Reads a command line; null where it is no scp at all.</summary>
    public static ScpArguments? Parse(string commandLine)
    {
        if (ShellWord.Split(commandLine) is not { Count: > 0 } words || !(words[0].Text == "scp" || words[0].Text.EndsWith("/scp", StringComparison.Ordinal)))
        {
            return null;
        }

        ShellWord[] rest = [.. words.Skip(1)];

        var read = new ScpArguments();
        bool isSource = false;
        int at = 0;
        for (; at < rest.Length && rest[at].Text is ['-', _, ..] options; at++)
        {
            if (options == "--")
            {
                at++;
                break;
            }

            foreach (char option in options[1..])
            {
                switch (option)
                {
                    case 't':
                        read = read with { IsSink = true };
                        break;
                    case 'f':
                        isSource = true;
                        break;
                    case 'r':
                        read = read with { Recursive = true };
                        break;
                    case 'p':
                        read = read with { Preserve = true };
                        break;
                    case 'd':
                        read = read with { MustBeDirectory = true };
                        break;
                    case 'v' or 'q':
                        // How much is said to a terminal, which is not here.
                        break;
                    default:
                        return read with { Mistake = $"unknown option -{option}" };
                }
            }
        }

        read = read with { Paths = rest[at..] };
        return read.IsSink == isSource ? read with { Mistake = "one of -t and -f is needed: this is the far end of a copy" }
            : read.IsSink && read.Paths.Count != 1 ? read with { Mistake = "ambiguous target" }
            : read.Paths.Count == 0 ? read with { Mistake = "no file is named" }
            : read;
    }
}
