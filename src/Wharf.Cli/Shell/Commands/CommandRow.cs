using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell.Commands;

/// <summary>Where help shows a command.</summary>
internal enum Topic
{
    Directories,
    Transfers,
    Files,
    Jobs,
    Connection,
    Shell,
}

/// <summary>A command of the shell: how it is called, and the verb that does it.</summary>
/// <param name="Names">Its own name first, then those of ftp, sftp and lftp.</param>
/// <param name="Topic">Where help shows it.</param>
/// <param name="Make">Makes the verb: one of the program's, or one of the shell's own.</param>
internal sealed record CommandRow(string[] Names, Topic Topic, Func<Shell, Verb> Make)
{
    /// <summary>The program's verb that it needs; null for none.</summary>
    public string? Verb { get; init; }

    /// <summary>What it does, a few words, where that is not what its verb says of itself; null for that.</summary>
    public string? Summary { get; init; }

    /// <summary>Words that its name stands for: "reget" is "get -a".</summary>
    public string[] Implied { get; init; } = [];

    /// <summary>Whether its words are not ours to read: no option is looked for in them.</summary>
    public bool TakesAnything { get; init; }

    /// <summary>Whether a batch of sftp ends where it fails.</summary>
    public bool Aborts { get; init; } = true;

    /// <summary>Its own name.</summary>
    public string Name => Names[0];
}
