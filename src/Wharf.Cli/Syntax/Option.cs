namespace Wharf.Cli.Syntax;

/// <summary>Under which heading an option is explained.</summary>
internal enum OptionGroup
{
    /// <summary>The verb's own.</summary>
    Verb,

    /// <summary>How it writes.</summary>
    Output,

    /// <summary>How it connects.</summary>
    Connection,
}

/// <summary>An option as data: parsing, help, man pages and completion are all made of this.</summary>
/// <param name="name">With its two dashes.</param>
/// <param name="meaning">One sentence.</param>
internal abstract class Option(string name, string meaning)
{
    /// <summary>With its two dashes.</summary>
    public string Name => name;

    /// <summary>What it is for, one sentence.</summary>
    public string Meaning => meaning;

    /// <summary>Its letters, each of which may stand behind one dash; "" for none.</summary>
    public string Letters { get; init; } = "";

    /// <summary>What its value is called in help; null where it has none.</summary>
    public abstract string? ValueName { get; }

    /// <summary>Whether it may be given more than once, and all its values count. Of others the last counts.</summary>
    public bool Repeats { get; init; }

    /// <summary>Its heading.</summary>
    public OptionGroup Group { get; init; }

    /// <summary>What its value is.</summary>
    public Completion Completes { get; init; }

    /// <summary>All values there are, where they are few.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Reads the value; what comes back is what the option's own type says.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public abstract object Read(string text);

    /// <summary>As it is written: "-l", or "--long" where it has no letter.</summary>
    public override string ToString() => Letters.Length > 0 ? "-" + Letters[0] : Name;
}

/// <summary>An option without a value.</summary>
internal sealed class Flag(string name, string meaning) : Option(name, meaning)
{
    /// <inheritdoc/>
    public override string? ValueName => null;

    /// <inheritdoc/>
    public override object Read(string text) => throw new UsageException($"{Name} takes no value.");
}

/// <summary>An option with a value.</summary>
/// <param name="name">With its two dashes.</param>
/// <param name="value">What the value is called in help.</param>
/// <param name="meaning">One sentence.</param>
/// <param name="read">Makes the value of the text; throws <see cref="FormatException"/> with what is possible.</param>
internal sealed class Option<T>(string name, string value, string meaning, Func<string, T> read) : Option(name, meaning)
    where T : notnull
{
    /// <inheritdoc/>
    public override string? ValueName => value;

    /// <inheritdoc/>
    public override object Read(string text)
    {
        try
        {
            return read(text);
        }
        catch (FormatException bad)
        {
            throw new UsageException($"{Name} cannot be '{Wharf.Files.FileNames.ForDisplay(text)}': possible is {bad.Message}.");
        }
    }
}
