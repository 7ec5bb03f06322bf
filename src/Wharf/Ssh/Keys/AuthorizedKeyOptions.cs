using System.Globalization;
using System.Net;

namespace Wharf.Ssh.Keys;

/// <summary>
/// What stands before a key in authorized_keys (OpenSSH's sshd(8)). What would restrict a login and is not understood refuses
/// the whole line; what restricts things that are not to be had here, such as shells and forwarding, needs no obeying.
/// </summary>
internal sealed class AuthorizedKeyOptions
{
    private const StringComparison Folded = StringComparison.OrdinalIgnoreCase;

    // About shells, terminals, forwarding and their surroundings: none of it exists here.
    private static readonly string[] WithoutEffect =
    [
        "restrict", "pty", "no-pty", "port-forwarding", "no-port-forwarding", "agent-forwarding", "no-agent-forwarding",
        "x11-forwarding", "no-x11-forwarding", "user-rc", "no-user-rc",
    ];

    private static readonly string[] WithoutEffectWithValue = ["environment", "permitopen", "permitlisten", "tunnel"];

    private static readonly string[] DateForms = ["yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss"];

    private readonly List<FromPatterns> _from = [];

    private AuthorizedKeyOptions()
    {
    }

    /// <summary>Whether the key is a CA: it logs nobody in, the certificates it signed do.</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>Who a certificate may be for; null where it must name the user.</summary>
    public IReadOnlyList<string>? Principals { get; private set; }

    /// <summary>Whether nobody need touch the security key.</summary>
    public bool AllowsAbsence { get; private set; }

    /// <summary>Whether the security key must have asked for a PIN or finger.</summary>
    public bool NeedsVerification { get; private set; }

    /// <summary>When it ends; null where it does not.</summary>
    public DateTimeOffset? Expiry { get; private set; }

    /// <summary>Reads them up to the first blank outside of quotation marks.</summary>
    /// <param name="rest">The line; afterwards what stands behind the options, blanks included.</param>
    /// <param name="zone">The time zone of times without "Z".</param>
    /// <exception cref="KeyFormatException">One is unknown or cannot be read.</exception>
    public static AuthorizedKeyOptions Read(ref ReadOnlySpan<char> rest, TimeZoneInfo zone)
    {
        var options = new AuthorizedKeyOptions();
        while (true)
        {
            int end = rest.IndexOfAny("=, \t");
            string name = (end < 0 ? rest : rest[..end]).ToString();
            rest = rest[name.Length..];
            string? value = null;
            if (rest.StartsWith("="))
            {
                rest = rest[1..];
                value = ReadQuoted(name, ref rest);
            }

            options.Apply(name, value, zone);
            if (!rest.StartsWith(","))
            {
                return rest.IsEmpty || rest[0] is ' ' or '\t'
                    ? options
                    : throw new KeyFormatException($"something stands between the value of option {Printable.Of(name)} and the next comma or blank");
            }

            rest = rest[1..];
        }
    }

    /// <summary>No options.</summary>
    public static AuthorizedKeyOptions None { get; } = new();

    /// <summary>Why it is no login from there and now; null where it may be one.</summary>
    public string? Refusal(IPAddress address, DateTimeOffset now) =>
        now > Expiry ? "the key has expired"
        : _from.TrueForAll(patterns => patterns.Match(address)) ? null
        : "the key is not valid from this address";

    /// <summary>Between quotation marks, where \" is one that does not end it.</summary>
    private static string ReadQuoted(string name, ref ReadOnlySpan<char> rest)
    {
        if (!rest.StartsWith("\""))
        {
            throw new KeyFormatException($"the value of option {Printable.Of(name)} does not stand in quotation marks");
        }

        var value = new System.Text.StringBuilder();
        for (int i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return value.ToString();
            }

            if (rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] == '"')
            {
                i++;
            }

            value.Append(rest[i]);
        }

        throw new KeyFormatException($"the value of option {Printable.Of(name)} has no closing quotation mark");
    }

    private void Apply(string name, string? value, TimeZoneInfo zone)
    {
        if (value is null ? !ApplyFlag(name) : !ApplyValue(name, value, zone))
        {
            throw new KeyFormatException(
                $"option {Printable.Of(name)} is unknown, or {(value is null ? "needs a value" : "takes none")}; what it forbids is not known either");
        }
    }

    private bool ApplyFlag(string name)
    {
        if (name.Equals("cert-authority", Folded))
        {
            IsAuthority = true;
        }
        else if (name.Equals("no-touch-required", Folded))
        {
            AllowsAbsence = true;
        }
        else if (name.Equals("verify-required", Folded))
        {
            NeedsVerification = true;
        }
        else
        {
            return WithoutEffect.Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        return true;
    }

    private bool ApplyValue(string name, string value, TimeZoneInfo zone)
    {
        if (name.Equals("from", Folded))
        {
            _from.Add(FromPatterns.Parse(value));
        }
        else if (name.Equals("principals", Folded))
        {
            // Commas cannot be part of a name here; a certificate's principal with a comma in it therefore matches nothing.
            string[] names = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
            Principals = Principals is null && names.Length > 0
                ? names
                : throw new KeyFormatException("option principals names nobody, or stands there twice");
        }
        else if (name.Equals("expiry-time", Folded))
        {
            var expiry = ReadTime(value, zone);
            Expiry = Expiry < expiry ? Expiry : expiry;
        }
        else if (name.Equals("command", Folded))
        {
            CheckCommand(value);
        }
        else
        {
            return WithoutEffectWithValue.Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        return true;
    }

    /// <summary>A key for one command is no key for all files, unless serving them is that command; arguments could make it less.</summary>
    private static void CheckCommand(string command)
    {
        if (command is not ("internal-sftp" or "sftp-server") && !(command.EndsWith("/sftp-server", StringComparison.Ordinal) && !command.Contains(' ', StringComparison.Ordinal)))
        {
            throw new KeyFormatException("option command forces a command; only internal-sftp and sftp-server, without arguments, can be served");
        }
    }

    /// <summary>YYYYMMDD[HHMM[SS]], and Z for UTC.</summary>
    private static DateTimeOffset ReadTime(string value, TimeZoneInfo zone)
    {
        bool utc = value.EndsWith('Z') || value.EndsWith('z');
        return DateTime.TryParseExact(utc ? value[..^1] : value, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, utc ? TimeSpan.Zero : zone.GetUtcOffset(time))
            : throw new KeyFormatException("option expiry-time is not YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z behind it for UTC");
    }
}
