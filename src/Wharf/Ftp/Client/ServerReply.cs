namespace Wharf.Ftp.Client;

/// <summary>One answer of a server, RFC 959 section 4.2, as a client reads it.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Lines">Its lines without their ends, the code taken from the first and the last; bytes that are not UTF-8 are escaped.</param>
internal sealed record ServerReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>1yz: more follows.</summary>
    public bool IsPreliminary => Code < 200;

    /// <summary>2yz: done.</summary>
    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>3yz: more is wanted.</summary>
    public bool IsIntermediate => Code is >= 300 and < 400;

    /// <summary>4yz: later may be better.</summary>
    public bool IsPassing => Code is >= 400 and < 500;

    /// <summary>5yz, or a code nobody knows.</summary>
    public bool IsRefusal => Code >= 500;

    /// <summary>The text of the last line.</summary>
    public string Text => Lines[^1];

    /// <summary>Code and text of the last line, as an exception carries it: the server's words, not escaped.</summary>
    public override string ToString() => FormattableString.Invariant($"{Code} {(Lines.Count > 1 && Text.Length == 0 ? Lines[0] : Text)}");

    /// <summary>Whether any line has one of these words, in any case.</summary>
    public bool Says(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            foreach (string line in Lines)
            {
                if (line.Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
