using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Wharf.Tests.House;

namespace Wharf.Tests.Transcripts;

/// <summary>When in a session a dialogue begins.</summary>
public enum Phase
{
    /// <summary>After 220.</summary>
    BeforeLogin,

    /// <summary>After USER's 331.</summary>
    BetweenUserAndPass,

    /// <summary>After PASS's 230.</summary>
    LoggedIn,

    /// <summary>After STOR's 150, with the data connection open.</summary>
    DuringATransfer,
}

/// <summary>One step of a dialogue.</summary>
/// <param name="Who">C: and S: are the control connection; D&gt; D. D&lt; D! P: L: and A: are about data, T: and U: about TLS (README of this folder).</param>
/// <param name="Text">What is said, with its escapes undone.</param>
/// <param name="Line">Where it stands.</param>
public sealed record Step(string Who, string Text, int Line);

/// <summary>One dialogue of a file of this folder.</summary>
public sealed record Transcript(string File, int Line, Phase Phase, string Title, IReadOnlyList<Step> Steps)
{
    private static readonly Dictionary<string, Phase> Phases = new(StringComparer.Ordinal)
    {
        ["before login"] = Phase.BeforeLogin,
        ["between USER and PASS"] = Phase.BetweenUserAndPass,
        ["logged in"] = Phase.LoggedIn,
        ["during a transfer"] = Phase.DuringATransfer,
    };

    private static readonly string[] Speakers = ["C:", "S:", "D>", "D.", "D<", "D!", "P:", "L:", "A:", "T:", "U:"];

    /// <summary>All of them, in the order of their files.</summary>
    public static IReadOnlyList<Transcript> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Wharf.Tests", "Transcripts"), "*.txt")
            .Order(StringComparer.Ordinal).SelectMany(Read),
    ];

    public override string ToString() => $"{File}:{Line} {Title}";

    /// <summary>Whether a whole reply is what the transcript has: * stands for anything.</summary>
    public static bool Fits(string pattern, string said) => Regex.IsMatch(
        said, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    private static List<Transcript> Read(string path)
    {
        string file = Path.GetFileName(path);
        var all = new List<Transcript>();
        List<Step> steps = [];
        string[] lines = System.IO.File.ReadAllLines(path);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == '[')
            {
                int close = line.IndexOf(']', StringComparison.Ordinal);
                steps = [];
                all.Add(new(file, i + 1, Phases[line[1..close]], line[(close + 1)..].Trim(), steps));
                continue;
            }

            string who = line[..2];
            Assert.True(Speakers.Contains(who), $"{file}:{i + 1}: nobody is called {who}");
            steps.Add(new(who, Unescape(line.Length > 3 ? line[3..] : ""), i + 1));
        }

        return all;
    }

    /// <summary>\r \n \0 \\ and \xNN; characters are bytes.</summary>
    private static string Unescape(string text)
    {
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            switch (text[++i])
            {
                case 'r':
                    result.Append('\r');
                    break;
                case 'n':
                    result.Append('\n');
                    break;
                case '0':
                    result.Append('\0');
                    break;
                case 'x':
                    result.Append((char)int.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                default:
                    result.Append(text[i]);
                    break;
            }
        }

        return result.ToString();
    }
}
