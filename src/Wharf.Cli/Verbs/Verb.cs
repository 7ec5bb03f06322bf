using Wharf.Cli.Syntax;

namespace Wharf.Cli.Verbs;

/// <summary>A line that shows a verb at work.</summary>
/// <param name="Line">As it is typed: "wharf ls -l sftp://host/in".</param>
/// <param name="Meaning">What it does, short.</param>
internal sealed record Example(string Line, string Meaning);

/// <summary>
/// One thing that can be asked for: "ls", "get". What it takes is data, so that help, man pages and completion are made of the same
/// declarations. The program and the interactive shell run the same verbs; a verb never touches the console, the working directory or the
/// environment, only its <see cref="VerbCall"/>.
/// </summary>
/// <param name="name">As it is typed.</param>
/// <param name="summary">What it does, a few words: "lists files".</param>
internal abstract class Verb(string name, string summary)
{
    /// <summary>As it is typed.</summary>
    public string Name => name;

    /// <summary>What it does, a few words.</summary>
    public string Summary => summary;

    /// <summary>What help says behind the usage, sentences; "" for nothing.</summary>
    public virtual string Details => "";

    /// <summary>What stands behind it, from left to right. The words are counted before the verb runs.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Its own options.</summary>
    public virtual IReadOnlyList<Option> Options => [];

    /// <summary>At least one.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>One line: "ls [OPTION]... URL...".</summary>
    public string Usage => $"{Name} [OPTION]... {string.Join(' ', Parameters)}".TrimEnd();

    /// <summary>What is said when it was interrupted: how to go on, where that is possible.</summary>
    public virtual string Interrupted(VerbCall call) => "Interrupted.";

    /// <summary>
    /// Does it. What fails for one of several items is told through <see cref="VerbCall.FailedAsync"/> and the others go on; what ends all of it is
    /// thrown (<see cref="Wharf.Client.RemoteException"/>, <see cref="UsageException"/>) and told by who runs the verb.
    /// </summary>
    public abstract Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel);
}
