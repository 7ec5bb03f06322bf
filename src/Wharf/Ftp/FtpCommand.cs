namespace Wharf.Ftp;

/// <summary>What a command takes after its name.</summary>
internal enum Argument
{
    /// <summary>Nothing; what comes is ignored, as every peer does.</summary>
    None,

    /// <summary>May be left out.</summary>
    Optional,

    /// <summary>501 without.</summary>
    Required,
}

/// <summary>In which phase of a session a command exists. Before login only the rows marked so do; the table decides.</summary>
internal enum Needs
{
    /// <summary>Always there.</summary>
    Nothing,

    /// <summary>530 before the login.</summary>
    Login,
}

/// <summary>What a command may do to a transfer that is running.</summary>
internal enum Beside
{
    /// <summary>It waits behind the transfer.</summary>
    Waits,

    /// <summary>It is a transfer: the control connection is read on while it runs.</summary>
    IsTransfer,

    /// <summary>It may take long without a data connection: the control connection is read on while it runs, and ABOR stops it.</summary>
    IsWork,

    /// <summary>It runs while a transfer does: ABOR and STAT (RFC 959 section 4.1.3).</summary>
    Runs,
}

/// <summary>One FTP command: what it needs, and what it does. Stateless; the state is the session's.</summary>
/// <param name="verb">Its name, upper case.</param>
/// <param name="argument">What it takes.</param>
/// <param name="needs">When it exists.</param>
internal abstract class FtpCommand(string verb, Argument argument, Needs needs)
{
    /// <summary>Its name, upper case.</summary>
    public string Verb { get; } = verb;

    /// <summary>What it takes.</summary>
    public Argument Argument { get; } = argument;

    /// <summary>When it exists.</summary>
    public Needs Needs { get; } = needs;

    /// <summary>How it goes with a running transfer.</summary>
    public virtual Beside Beside => Beside.Waits;

    /// <summary>Whether the client sends in its transfer.</summary>
    public virtual bool Receives => false;

    /// <summary>The lines FEAT shows for it (RFC 2389 section 3); none for what RFC 959 has.</summary>
    public virtual IEnumerable<string> Features(FtpServerSession session) => [];

    /// <summary>Whether HELP shows it: a setting or the listener may leave no use for it.</summary>
    public virtual bool IsThere(FtpServerSession session) => true;

    /// <summary>How HELP shows its form, without the verb.</summary>
    public virtual string Form => Argument switch { Argument.None => "", Argument.Optional => "[<sp> text]", _ => "<sp> text" };

    /// <summary>Does it. A <see cref="Files.FileException"/> becomes its reply in the session.</summary>
    /// <param name="session">Whose command it is.</param>
    /// <param name="argument">What came after the verb and one space; "" where nothing did.</param>
    /// <param name="cancel">For a transfer, ABOR; for all, the end of the session.</param>
    public abstract ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel);
}
