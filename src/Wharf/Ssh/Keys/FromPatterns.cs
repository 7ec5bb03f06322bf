using System.Buffers;
using System.IO.Enumeration;
using System.Net;

namespace Wharf.Ssh.Keys;

/// <summary>
/// The value of from="": addresses, networks and patterns with * and ?, between commas; one with ! before it outweighs all
/// others. Names of hosts match nothing, since nobody asks for reverse names here, nor does sshd unless told (UseDNS).
/// </summary>
internal sealed class FromPatterns
{
    private static readonly SearchValues<char> OfAddresses = SearchValues.Create("0123456789abcdefABCDEF.:*?");

    private readonly List<(bool Negated, AddressBlock Block)> _blocks = [];
    private readonly List<(bool Negated, string Pattern)> _patterns = [];

    /// <summary>Reads the list.</summary>
    /// <exception cref="KeyFormatException">It could not keep out what it is there to keep out, or could let nobody in.</exception>
    public static FromPatterns Parse(string text)
    {
        var list = new FromPatterns();
        foreach (string item in text.Split(','))
        {
            bool negated = item.StartsWith('!');
            list.Add(negated ? item[1..] : item, negated);
        }

        return list._blocks.Exists(one => !one.Negated) || list._patterns.Exists(one => !one.Negated)
            ? list
            : throw new KeyFormatException("option from allows no address; names of hosts are not looked up");
    }

    /// <summary>Whether a client may come from there.</summary>
    public bool Match(IPAddress address)
    {
        string text = AddressBlock.Plain(address).ToString();
        bool matched = false;
        foreach (var (negated, block) in _blocks)
        {
            if (block.Contains(address))
            {
                if (negated)
                {
                    return false;
                }

                matched = true;
            }
        }

        foreach (var (negated, pattern) in _patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, text))
            {
                if (negated)
                {
                    return false;
                }

                matched = true;
            }
        }

        return matched;
    }

    private void Add(string item, bool negated)
    {
        if (AddressBlock.TryParse(item, out var block))
        {
            _blocks.Add((negated, block));
        }
        else if (item.Length == 0 || item.ContainsAny('/', '\\', ' '))
        {
            throw new KeyFormatException($"option from has {Printable.Of(item)}, which is no address, network or pattern");
        }
        else if (!item.AsSpan().ContainsAnyExcept(OfAddresses))
        {
            _patterns.Add((negated, item));
        }
        else if (negated)
        {
            throw new KeyFormatException($"option from keeps out {Printable.Of(item)}, and names of hosts are not looked up");
        }
    }
}
