using Wharf.Files;
using Wharf.Ftp.Commands;
using Wharf.Ftp.Listings;

namespace Wharf.Fuzz.Targets;

/// <summary>PORT and EPRT: an end point or none, and what was understood can be said again.</summary>
internal sealed class AddressTarget() : FuzzTarget("address")
{
    public override int MostBytes => 200;

    public override IReadOnlyList<string> Words => [",", "|", "192,0,2,7", "|1|", "|2|", "::ffff:", "::", "%", "0x", "."];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        string text = FileNames.Decode(input);
        if (Port.Parse(text) is { } port)
        {
            byte[] four = port.Address.GetAddressBytes();
            string said = FormattableString.Invariant($"{four[0]},{four[1]},{four[2]},{four[3]},{port.Port >> 8},{port.Port & 255}");
            Require(port.Equals(Port.Parse(said)), "PORT reads back the same.");
        }

        var (protocol, target) = Eprt.Parse(text);
        Require(target is null || protocol is 1 or 2, "An end point has a protocol we know.");
        if (target is not null)
        {
            Require(target.Equals(Eprt.Parse(FormattableString.Invariant($"|{protocol}|{target.Address}|{target.Port}|")).Target), "EPRT reads back the same.");
        }

        return Task.CompletedTask;
    }
}

/// <summary>The small parsers of arguments.</summary>
internal sealed class ArgumentTarget() : FuzzTarget("argument")
{
    public override int MostBytes => 1000;

    public override IReadOnlyList<string> Words => ["\"", "\"\"", " ", "-aR", "--", "size;", "type;", "20260102030405", ".5", "0777", "RETR "];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        string text = FileNames.Decode(input);
        var (verb, argument) = CommandTable.Split(text);
        Require(verb.Length + argument.Length <= text.Length, "A line is no more than itself.");
        Require(!verb.Contains(' '), "A verb is one word.");
        if (Number.Parse(text) is { } number)
        {
            Require(number >= 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0, "A number is digits.");
        }

        if (Ftp.Commands.Words.Split(text) is { } words)
        {
            string quoted = string.Join(' ', words.Select(word => '"' + word.Replace("\"", "\"\"", StringComparison.Ordinal) + '"'));
            Require(Ftp.Commands.Words.Split(quoted)!.SequenceEqual(words), "Quoted words read back the same.");
        }

        if (FtpTime.Parse(text) is { } time)
        {
            Require(time.Kind == DateTimeKind.Utc && text.StartsWith(FtpTime.Format(time), StringComparison.Ordinal), "A time reads back the same.");
        }

        if (SiteChmod.Parse(text) is { } mode)
        {
            Require(mode is >= 0 and <= 0xFFF, "Permission bits are twelve.");
        }

        var facts = FactNames.Parse(text);
        Require(FactNames.Parse(FactNames.List(facts)) == facts, "Facts read back the same.");
        _ = ListOptions.Parse(text);
        _ = FtpTime.Split(text);
        return Task.CompletedTask;
    }
}

/// <summary>A pattern and a name, apart by LF: the work is bounded, and a name whose every character is escaped matches itself.</summary>
internal sealed class GlobTarget() : FuzzTarget("glob")
{
    public override int MostBytes => 600;

    public override IReadOnlyList<string> Words => ["*", "?", "[a-z]", "[!", "]", "\\", "**", "\n", "*a*a*a*", "["];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        string text = FileNames.Decode(input);
        int cut = text.IndexOf('\n', StringComparison.Ordinal);
        string pattern = cut < 0 ? text : text[..cut], name = cut < 0 ? "name" : text[(cut + 1)..];
        long steps = 0;
        _ = new Glob(pattern).Matches(name, hidden: true, ref steps);
        long bound = 4L * (pattern.Length + 2) * (pattern.Length + 2) * (name.Length + 2);
        Require(steps <= 0 && -steps <= bound, "The work is bounded.");
        if (name is not ("" or "." or "..") && !name.Contains('/'))
        {
            string escaped = string.Concat(name.Select(c => "\\" + c));
            Require(new Glob(escaped).Matches(name, hidden: true, ref steps), "An escaped name matches itself.");
            Require(new Glob("*").Matches(name, hidden: true, ref steps), "A star matches every name.");
        }

        return Task.CompletedTask;
    }
}

/// <summary>Names and paths: no byte is lost, and no path leaves the root.</summary>
internal sealed class PathTarget() : FuzzTarget("path")
{
    public override int MostBytes => 9000;

    public override IReadOnlyList<string> Words => ["/", "..", "/../", "//", "/.", "\u00ed\u00b2\u0080", "\u00f0\u009f\u0092\u0080", "\u00c0\u00ae", "\0", "\\"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        string text = FileNames.Decode(input);
        Require(FileNames.Encode(text).AsSpan().SequenceEqual(input), "Bytes come back the same.");
        Require(!FileNames.ForDisplay(text).Any(char.IsControl), "What is shown has no control character.");
        VirtualPath path;
        try
        {
            path = VirtualPath.Parse("/some/where").Resolve(text);
        }
        catch (FileException refused) when (refused.Error is FileError.BadName or FileError.NameTooLong)
        {
            return Task.CompletedTask;
        }

        Require(path.Value[0] == '/' && path.Value.Length <= VirtualPath.MaxLength, "A path begins at the root and has a bound.");
        Require(path.Parts().All(part => part is not ("" or "." or "..") && !part.Contains('\0')), "A path has only names.");
        Require(VirtualPath.Parse(path.Value) == path, "A path reads back the same.");
        Require(path.IsRoot || (path.IsWithin(path.Parent) && path.Parent.Append(path.Name) == path), "A path is its parent and its name.");
        return Task.CompletedTask;
    }
}
