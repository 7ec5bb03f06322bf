namespace Wharf.Cli.Syntax;

/// <summary>What a word stands for, so that it can be completed: by the shell, and by the scripts for other shells.</summary>
internal enum Completion
{
    /// <summary>Free text.</summary>
    Nothing,

    /// <summary>A file or directory where the verb works: a URL, and in the shell a path of the server.</summary>
    There,

    /// <summary>A file or directory of this machine.</summary>
    Here,

    /// <summary>One of a few words: <see cref="Option.Choices"/>.</summary>
    Choice,
}
