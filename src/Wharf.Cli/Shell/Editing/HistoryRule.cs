using System.Text.RegularExpressions;

namespace Wharf.Cli.Shell.Editing;

/// <summary>Which lines are remembered: none that begins with a space, is empty or endless, or holds a password.</summary>
internal static partial class HistoryRule
{
    public static bool Keeps(string line) =>
        line.Length is > 0 and <= History.LongestLine && !char.IsWhiteSpace(line[0]) && !line.Contains('\n') && !HoldsPassword(line);

    private static bool HoldsPassword(string line) =>
        InUrl().IsMatch(line) || InOption().IsMatch(line) || InUser().IsMatch(line);

    /// <summary>scheme://name:password@host; a password may hold signs that should have been escaped, but no space.</summary>
    [GeneratedRegex(@"://[^/\s]*:[^\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex InUrl();

    /// <summary>lftp's -u name,password and what our own options call a password.</summary>
    [GeneratedRegex(@"(^|\s)(-u|--user)[\s=]*[^\s,]+,\S|(^|\s)--pass\w*[\s=]+\S", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex InOption();

    /// <summary>ftp's and lftp's "user name password", and "login", and "pass" and "account" sent by hand.</summary>
    [GeneratedRegex(@"^((user|login)\s+\S+\s+\S|((quote|literal|quot)\s+)?(pass|acct)\s+\S)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex InUser();
}
