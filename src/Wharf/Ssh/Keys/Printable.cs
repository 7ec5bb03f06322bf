namespace Wharf.Ssh.Keys;

/// <summary>Words of others in our sentences.</summary>
internal static class Printable
{
    private const int MostChars = 64;

    /// <summary>The word in quotation marks; one that is long or not plain ASCII is not repeated.</summary>
    public static string Of(ReadOnlySpan<char> word) =>
        word.Length <= MostChars && !word.ContainsAnyExceptInRange('!', '~') ? $"'{word}'" : "(unprintable)";
}
