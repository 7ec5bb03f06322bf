using System.Globalization;
using Wharf.Files;

namespace Wharf.Ftp;

/// <summary>
/// One answer on the control connection, RFC 959 section 4.2. The text is a format with its arguments apart, so that a
/// language (RFC 2640 section 4) can say it in its own words: the English format is the key of the translation.
/// </summary>
/// <param name="Code">Three digits.</param>
/// <param name="Text">The text of the last line.</param>
internal sealed record Reply(int Code, FormattableString Text)
{
    /// <summary>Lines between "NNN-…" and "NNN …", sent as they are (RFC 2389 section 3.2 wants a leading space in FEAT).</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The first line where there are <see cref="Lines"/>; null repeats <see cref="Text"/>.</summary>
    public FormattableString? Opening { get; init; }

    /// <summary>1yz: more replies follow.</summary>
    public bool IsPreliminary => Code < 200;

    /// <summary>2yz.</summary>
    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>Whether the session ends once this is sent: 221 after QUIT, 421 after too many failed logins.</summary>
    public bool Closes { get; init; }

    /// <summary>What is done once it is sent, before the next command is read: AUTH, CCC and REIN change the connection. Null for nothing.</summary>
    public Func<ValueTask>? After { get; init; }

    /// <summary>200: done.</summary>
    public static Reply Okay(FormattableString text) => new(200, text);

    /// <summary>501: the argument is not of the command's form.</summary>
    public static Reply BadArgument(FormattableString text) => new(501, text);

    /// <summary>503: not now.</summary>
    public static Reply BadSequence(FormattableString text) => new(503, text);

    /// <summary>504: the command is known, this value of it is not done here.</summary>
    public static Reply NotForThat(FormattableString text) => new(504, text);

    /// <summary>550: permanent, about a file.</summary>
    public static Reply NotAvailable(FormattableString text) => new(550, text);

    /// <summary>250: a file operation is done.</summary>
    public static Reply FileDone(FormattableString text) => new(250, text);

    /// <summary>213: a fact of a file, and nothing else.</summary>
    public static Reply FileStatus(string fact) => new(213, $"{fact}");

    /// <summary>What a failed file operation is in FTP: permanent errors 5yz, passing ones 4yz (RFC 959 section 4.2.1).</summary>
    public static Reply For(FileException failure) => failure.Error switch
    {
        FileError.NotFound => new(550, $"No such file or directory."),
        FileError.Exists => new(550, $"It exists already."),
        FileError.Denied => new(550, $"Permission denied."),
        FileError.ReadOnly => new(550, $"Read-only here."),
        FileError.NotDirectory => new(550, $"Not a directory."),
        FileError.IsDirectory => new(550, $"Is a directory."),
        FileError.NotRegular => new(550, $"Not a regular file."),
        FileError.NotEmpty => new(550, $"The directory is not empty."),
        FileError.NoSpace => new(452, $"No space left on the disk."),
        FileError.QuotaExceeded => new(552, $"The quota is used up."),
        FileError.TooLarge => new(552, $"The file is too large."),
        FileError.NameTooLong => new(553, $"The name is too long."),
        FileError.BadName => new(553, $"The name cannot be used."),
        FileError.LinkLoop => new(550, $"A symbolic link leads nowhere."),
        FileError.CrossDevice => new(550, $"The two names are on different disks."),
        FileError.Busy => new(450, $"The file is in use, try later."),
        FileError.TooManyOpen => new(450, $"Too many open files, try later."),
        FileError.NotSupported => new(504, $"Not possible here."),
        FileError.Invalid => new(550, $"Not possible with this file."),
        _ => new(451, $"The disk failed."),
    };

    /// <summary>The reply as text lines without their ends, in a language.</summary>
    /// <param name="translate">From an English format to the language's own; null for English.</param>
    public IEnumerable<string> Render(Func<string, string?>? translate)
    {
        string Say(FormattableString text) =>
            string.Format(CultureInfo.InvariantCulture, translate?.Invoke(text.Format) ?? text.Format, text.GetArguments());

        if (Lines.Count > 0 || Opening is not null)
        {
            yield return FormattableString.Invariant($"{Code}-") + Say(Opening ?? Text);
            foreach (string line in Lines)
            {
                yield return line;
            }
        }

        yield return FormattableString.Invariant($"{Code} ") + Say(Text);
    }
}
