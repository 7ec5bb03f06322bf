using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Wharf.Ftp.Languages;
using Wharf.Tests.House;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp;

/// <summary>
/// Reads the sources for interpolated strings and asks the languages for each. It sees text, not types: an interpolated string
/// that is no reply is told from one by standing behind Invariant(, Exception( or "string x = ". A client says no replies.
/// </summary>
public sealed partial class LanguageTests
{
    [Fact]
    public void Every_reply_can_be_said_in_every_language() =>
        Assert.Empty(
            from language in Language.All.Skip(1)
            from format in Formats()
            where !language.Knows(format)
            select $"{language.Tag}: {format}");

    [Fact]
    public void No_language_translates_what_nobody_says()
    {
        var said = Formats().ToHashSet();
        string german = Repository.Read("src/Wharf/Ftp/Languages/German.cs");
        var stale = Row().Matches(german).Select(match => Regex.Unescape(match.Groups[1].Value)).Where(english => !said.Contains(english));
        Assert.Empty(stale);
    }

    [Fact]
    public void A_translation_has_the_arguments_of_the_original() =>
        Assert.Empty(
            from language in Language.All.Skip(1)
            from format in Formats()
            let translated = language.Say(format)
            where translated is not null && !Arguments(format).SetEquals(Arguments(translated))
            select $"{language.Tag}: {format}");

    [Fact]
    public async Task Replies_come_in_the_language_that_was_chosen()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Contains(" LANG EN*;DE\n", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
        Assert.Equal("200 Antworten sind jetzt auf Deutsch.", await ftp.SendAsync("LANG de-AT"));
        Assert.Contains(" LANG EN;DE*\n", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
        string reply = await ftp.SendAsync("LIST");
        Assert.Equal("425 Zuerst PASV oder PORT.", reply);
        Assert.Equal("504 Diese Sprache nicht.", await ftp.SendAsync("LANG fr"));
        Assert.Equal(501, await ftp.CodeAsync("LANG {0}"));
        Assert.Equal("200 Replies are in English now.", await ftp.SendAsync("LANG"));
    }

    [Fact]
    public async Task A_new_user_begins_in_English()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("LANG DE");
        Assert.StartsWith("220 ", await ftp.SendAsync("REIN"), StringComparison.Ordinal);
        Assert.Equal("503 USER comes first.", await ftp.SendAsync("PASS x"));
    }

    private static HashSet<string> Arguments(string format) => [.. Regex.Matches(format, @"\{\d+\}").Select(match => match.Value)];

    private static IEnumerable<string> Formats() =>
        (from file in Repository.Sources("src/Wharf/Ftp")
         where !file.Contains("/Languages/", StringComparison.Ordinal) && !file.Contains("/Ftp/Client/", StringComparison.Ordinal)
         let source = Repository.Read(file)
         from Match match in Start().Matches(source)
         let format = Format(source, match.Index + match.Length)
         where Regex.IsMatch(Regex.Replace(format, @"\{\d+\}", ""), "[A-Za-z]")
         select format).Distinct();

    /// <summary>The format that a compiler makes of the interpolated string whose text begins there.</summary>
    private static string Format(string source, int at)
    {
        var format = new StringBuilder();
        for (int arguments = 0; source[at] != '"'; at++)
        {
            if (source[at] == '\\')
            {
                format.Append(Regex.Unescape(source.Substring(at, 2)));
                at++;
            }
            else if (source[at] == '{' && source[at + 1] != '{')
            {
                format.Append(CultureInfo.InvariantCulture, $"{{{arguments++}}}");
                bool quoted = false;
                for (int depth = 1; depth > 0;)
                {
                    at++;
                    quoted ^= source[at] == '"';
                    depth += quoted ? 0 : source[at] switch { '{' => 1, '}' => -1, _ => 0 };
                }
            }
            else
            {
                format.Append(source[at]);
            }
        }

        return format.ToString();
    }

    [GeneratedRegex(@"(?<!Invariant\(\s*|Exception\(\s*|string \w+ = )\$""")]
    private static partial Regex Start();

    [GeneratedRegex(@"^ +\[""((?:[^""\\]|\\.)*)""\] = ", RegexOptions.Multiline)]
    private static partial Regex Row();
}
