namespace Wharf.Ftp.Client;

/// <summary>What a server says it can do: the lines of FEAT (RFC 2389 section 3), and those commands of SITE it names elsewhere.</summary>
internal sealed class ServerFeatures
{
    private readonly Dictionary<string, string> _features = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _site = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>None: a server without FEAT.</summary>
    public static ServerFeatures None { get; } = new(null);

    /// <param name="feat">The answer to FEAT; null or a refusal for none.</param>
    public ServerFeatures(ServerReply? feat)
    {
        IsThere = feat is { IsSuccess: true };
        if (!IsThere)
        {
            return;
        }

        foreach (string line in feat!.Lines.Count > 2 ? feat.Lines.Skip(1).SkipLast(1) : [])
        {
            string text = line.Trim();
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            string name = space < 0 ? text : text[..space];
            string rest = space < 0 ? "" : text[(space + 1)..].Trim();
            if (name.Equals("SITE", StringComparison.OrdinalIgnoreCase))
            {
                foreach (string command in rest.Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries))
                {
                    _site.Add(command);
                }
            }
            else if (name.Equals("MODE", StringComparison.OrdinalIgnoreCase))
            {
                // "MODE Z", and of ours "MODE B" too: a line each.
                Modes += rest.Length > 0 ? char.ToUpperInvariant(rest[0]) : "";
            }
            else if (name.Length > 0)
            {
                _features[name] = rest;
            }
        }
    }

    /// <summary>Whether the server has FEAT at all.</summary>
    public bool IsThere { get; }

    /// <summary>The letters of MODE lines.</summary>
    public string Modes { get; } = "";

    /// <summary>MLST and MLSD, RFC 3659 section 7.</summary>
    public bool Mlst => Has("MLST");

    /// <summary>MLST or MLSD was refused as unknown, whatever FEAT says.</summary>
    public void LacksMlst() => _features.Remove("MLST");

    /// <summary>Whether a feature of that name is there.</summary>
    public bool Has(string name) => _features.ContainsKey(name);

    /// <summary>What stands behind a feature's name; null where it is not there.</summary>
    public string? this[string name] => _features.GetValueOrDefault(name);

    /// <summary>Whether SITE has a command of that name, as far as the server says.</summary>
    public bool HasSite(string name) => _site.Contains(name);

    /// <summary>Takes up what the answer to SITE HELP names: upper-case words; a star behind one says that it is not there (RFC 959's HELP has it so in BSD's server).</summary>
    public void AddSiteHelp(ServerReply help)
    {
        foreach (string word in help.IsSuccess ? help.Lines.SelectMany(line => line.Split([' ', '\t', ',', ';'], StringSplitOptions.RemoveEmptyEntries)) : [])
        {
            if (word.Length > 1 && word.All(char.IsAsciiLetterUpper))
            {
                _site.Add(word);
            }
        }
    }
}
