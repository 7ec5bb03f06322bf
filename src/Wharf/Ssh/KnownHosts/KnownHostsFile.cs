using Wharf.Accounts;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh.KnownHosts;

/// <summary>What a line says of its key.</summary>
internal enum HostKeyMarker
{
    /// <summary>It is the hosts' key.</summary>
    None,

    /// <summary>"@cert-authority": its certificates count for the hosts.</summary>
    CertificateAuthority,

    /// <summary>"@revoked": it is never to be accepted, neither as a key nor as a CA.</summary>
    Revoked,
}

/// <summary>A line that counts.</summary>
/// <param name="File">Its file's path.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Marker">What it says.</param>
/// <param name="Hosts">Of whom.</param>
/// <param name="Key">The key.</param>
internal sealed record KnownHostsLine(string File, int Number, HostKeyMarker Marker, HostPattern Hosts, PublicKeyBlob Key)
{
    /// <summary>Where it stands, for a message.</summary>
    public string Place => $"{Files.FileNames.ForDisplay(File)}:{Number}";
}

/// <summary>A line that says nothing, and why.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">Why, for the log.</param>
internal sealed record KnownHostsProblem(int Number, string Text);

/// <summary>
/// One file of known hosts, as sshd(8) describes them: marker, hosts, key type, key, comment. Lines that cannot be understood say
/// nothing and are told as problems; the others count. Never changes.
/// </summary>
internal sealed class KnownHostsFile
{
    private const string Blanks = " \t";

    private readonly List<KnownHostsLine> _lines = [];
    private readonly List<KnownHostsProblem> _problems = [];

    private KnownHostsFile()
    {
    }

    /// <summary>Lines that count.</summary>
    public IReadOnlyList<KnownHostsLine> Lines => _lines;

    /// <summary>Lines that do not.</summary>
    public IReadOnlyList<KnownHostsProblem> Problems => _problems;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="text">Its text.</param>
    public static KnownHostsFile Parse(string path, string text)
    {
        var file = new KnownHostsFile();
        int number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan()[range].Trim();
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            try
            {
                file._lines.Add(line.Length <= KnownHostsLimits.MostLineChars
                    ? ParseLine(path, number, line)
                    : throw new KeyFormatException("the line is too long"));
            }
            catch (KeyFormatException unusable)
            {
                file._problems.Add(new KnownHostsProblem(number, unusable.Message));
            }
        }

        return file;
    }

    private static KnownHostsLine ParseLine(string path, int number, ReadOnlySpan<char> line)
    {
        var marker = HostKeyMarker.None;
        if (line[0] == '@')
        {
            marker = Word(ref line) switch
            {
                "@cert-authority" => HostKeyMarker.CertificateAuthority,
                "@revoked" => HostKeyMarker.Revoked,
                var unknown => throw new KeyFormatException($"the marker {Printable.Of(unknown)} is not known"),
            };
        }

        var hosts = HostPattern.Parse(Word(ref line));
        return new KnownHostsLine(path, number, marker, hosts, PublicKeyLine.Parse(line.ToString()).Key);
    }

    private static string Word(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(Blanks);
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..].TrimStart(Blanks);
        return word.ToString();
    }
}
