namespace Wharf.Files;

/// <summary>A server that can be told commands of its protocol as they are.</summary>
public interface IRawCommands
{
    /// <summary>Sends a line and waits for the reply to it. Throws NotSupported for a command that would change the session or needs a data connection.</summary>
    /// <param name="line">A command and its argument, without an end of line.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<RawReply> QuoteAsync(string line, CancellationToken cancellationToken);
}

/// <summary>What a server answered.</summary>
/// <param name="Code">RFC 959 section 4.2: three digits.</param>
/// <param name="Lines">Its lines with their codes, as they came; the server's text, not to be shown unescaped.</param>
public sealed record RawReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>Whether it says yes: 2yz, or 3yz where more is wanted.</summary>
    public bool IsSuccess => Code is >= 200 and < 400;
}
