using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>How a server is spoken to.</summary>
public enum RemoteScheme
{
    /// <summary>ftp: FTP, inside TLS where the server offers it.</summary>
    Ftp,

    /// <summary>ftpes: FTP that must begin TLS with AUTH TLS (RFC 4217).</summary>
    Ftpes,

    /// <summary>ftps: FTP inside TLS from the first byte.</summary>
    Ftps,

    /// <summary>sftp: SFTP over SSH.</summary>
    Sftp,

    /// <summary>file: a disk of this machine (RFC 8089).</summary>
    File,

    /// <summary>memory: files that live as long as the source does; for tests.</summary>
    Memory,
}

/// <summary>
/// Where a <see cref="RemoteSource"/> begins: "sftp://user@host:port/path". User, password and path are percent-decoded to bytes; those
/// that are not UTF-8 survive as <see cref="FileNames"/> says. sftp://h/p is absolute, sftp://h/~/p and sftp://h are below
/// the home directory; ftp://h/p is below the login directory and ftp://h/%2Fp absolute (RFC 1738 section 3.2.2).
/// </summary>
public sealed class RemoteUrl
{
    /// <summary>Longest text, characters.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Longest host name (RFC 1035 section 2.3.4), characters.</summary>
    private const int MaxHostLength = 255;

    private static readonly (string Name, RemoteScheme Scheme, int Port)[] Schemes =
    [
        ("ftp", RemoteScheme.Ftp, 21),
        ("ftpes", RemoteScheme.Ftpes, 21),
        ("ftps", RemoteScheme.Ftps, 990),
        ("sftp", RemoteScheme.Sftp, 22),
        ("file", RemoteScheme.File, 0),
        ("memory", RemoteScheme.Memory, 0),
    ];

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    private RemoteUrl(RemoteScheme scheme) => Scheme = scheme;

    /// <summary>How it is spoken to.</summary>
    public RemoteScheme Scheme { get; }

    /// <summary>The host in the form that is looked up: a name in ASCII (IDNA), or an address; IPv6 without brackets. "" for file and memory.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The port; the scheme's own where none was named, 0 for file and memory.</summary>
    public int Port { get; private init; }

    /// <summary>Whether the text named the port; otherwise a configuration may.</summary>
    public bool NamesPort { get; private init; }

    /// <summary>The user; null where none was named.</summary>
    public string? User { get; private init; }

    /// <summary>The password; null where none was named. Never shown or logged by us.</summary>
    public string? Password { get; private init; }

    /// <summary>The path, decoded: absolute, or for <see cref="IsBelowHome"/> relative; "" is the home directory itself.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Whether <see cref="Path"/> is meant from where a login begins rather than from the server's root.</summary>
    public bool IsBelowHome { get; private init; }

    /// <summary>Whether it is on another machine.</summary>
    public bool IsRemote => Scheme is not (RemoteScheme.File or RemoteScheme.Memory);

    /// <summary>The scheme's name.</summary>
    public string SchemeName => Array.Find(Schemes, row => row.Scheme == Scheme).Name;

    /// <summary>Reads a URL.</summary>
    /// <exception cref="RemoteException"><see cref="RemoteError.Usage"/>: it is none; the message says what is wrong.</exception>
    public static RemoteUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw Bad($"it has more than {MaxLength} characters");
        }

        // Said apart from percent-decoding: these never stand in a URL by themselves, and a line of a file often ends in one.
        if (text.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0 || text.Contains('\x7f', StringComparison.Ordinal))
        {
            throw Bad("it has a blank or control character in it: write %20 for a blank");
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (colon <= 0 || (slash >= 0 && slash < colon))
        {
            throw Bad("it does not begin with a scheme: write sftp://HOST/PATH or ftp://HOST/PATH");
        }

        var row = Array.Find(Schemes, row => text.AsSpan(0, colon).Equals(row.Name, StringComparison.OrdinalIgnoreCase));
        if (row.Name is null)
        {
            // What stands before the colon may be a user or a host: it is named only where it looks like a scheme.
            string scheme = text.AsSpan(colon).StartsWith("://") ? $"\"{FileNames.ForDisplay(text[..colon])}\" is not among them" : "it has another";
            throw Bad($"the schemes are ftp, ftpes, ftps, sftp, file and memory, and {scheme}");
        }

        string rest = text[(colon + 1)..];
        return row.Port > 0 ? ParseRemote(row.Scheme, row.Port, rest) : ParseLocal(row.Scheme, rest);
    }

    /// <summary>Where the path of this URL is once it is known where a login begins.</summary>
    internal VirtualPath Resolve(VirtualPath home) => IsBelowHome ? home.Resolve(Path) : VirtualPath.Parse(Path);

    /// <summary>The URL without its password.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(SchemeName).Append("://");
        if (User is not null)
        {
            Escape(text, User, keepsSlash: false);
            text.Append('@');
        }

        _ = Host.Contains(':', StringComparison.Ordinal)
            ? text.Append('[').Append(Host.Replace("%", "%25", StringComparison.Ordinal)).Append(']')
            : text.Append(Host);
        if (IsRemote && Port != Array.Find(Schemes, row => row.Scheme == Scheme).Port)
        {
            text.Append(':').Append(Port.ToString(CultureInfo.InvariantCulture));
        }

        if (Scheme == RemoteScheme.Sftp)
        {
            text.Append(IsBelowHome ? Path.Length > 0 ? "/~/" : "" : Path is "/~" || Path.StartsWith("/~/", StringComparison.Ordinal) ? "/%7E" : "");
            Escape(text, !IsBelowHome && text[^1] == 'E' ? Path[2..] : Path, keepsSlash: true);
        }
        else if (IsRemote)
        {
            text.Append(IsBelowHome ? Path.Length > 0 ? "/" : "" : "/%2F");
            Escape(text, IsBelowHome ? Path : Path[1..], keepsSlash: true);
        }
        else
        {
            Escape(text, Path, keepsSlash: true);
        }

        return text.ToString();
    }

    private static RemoteUrl ParseLocal(RemoteScheme scheme, string rest)
    {
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            int end = rest.IndexOf('/', 2);
            string host = end < 0 ? rest[2..] : rest[2..end];
            if (host.Length > 0 && !(scheme == RemoteScheme.File && host.Equals("localhost", StringComparison.OrdinalIgnoreCase)))
            {
                throw Bad(scheme == RemoteScheme.File
                    ? "a file URL is of this machine: write file:///PATH with three slashes"
                    : "a memory URL has no host: write memory: or memory:///PATH");
            }

            rest = end < 0 ? "" : rest[end..];
        }

        string path = Decode(rest, "path");
        if (scheme == RemoteScheme.File && !path.StartsWith('/'))
        {
            throw Bad("the path of a file URL is absolute: write file:///PATH with three slashes");
        }

        return Checked(new RemoteUrl(scheme) { Path = path.StartsWith('/') ? path : "/" + path });
    }

    private static RemoteUrl ParseRemote(RemoteScheme scheme, int defaultPort, string rest)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            throw Bad("two slashes and a host belong behind the scheme: write sftp://HOST/PATH");
        }

        int end = rest.IndexOf('/', 2);
        string authority = end < 0 ? rest[2..] : rest[2..end];
        string path = end < 0 ? "" : rest[end..];
        if (authority.AsSpan().IndexOfAny('?', '#', '\\') is >= 0 and int odd)
        {
            throw Bad($"user, password or host has a \"{authority[odd]}\" in it: write %{(int)authority[odd]:X2}");
        }

        string? user = null, password = null;
        if (authority.LastIndexOf('@') is >= 0 and int at)
        {
            string login = authority[..at];
            int colon = login.IndexOf(':', StringComparison.Ordinal);
            user = Decode(colon < 0 ? login : login[..colon], "user");
            password = colon < 0 ? null : Decode(login[(colon + 1)..], "password");
            if (user.Length == 0)
            {
                throw Bad("no user stands before the \"@\"");
            }

            // What could end a line of FTP must not come from a URL; SSH has no use for it either.
            if (user.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 || password.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            {
                throw Bad("user or password has a line end or NUL in it");
            }

            authority = authority[(at + 1)..];
        }

        var (host, port) = ParseHost(authority);
        bool below;
        if (scheme == RemoteScheme.Sftp)
        {
            below = path is "" or "/~" || path.StartsWith("/~/", StringComparison.Ordinal);
            path = Decode(below ? path.Length > 3 ? path[3..] : "" : path, "path");
        }
        else
        {
            path = Decode(WithoutType(path.Length > 0 ? path[1..] : ""), "path");
            below = !path.StartsWith('/');
        }

        return Checked(new RemoteUrl(scheme) { Host = host, Port = port ?? defaultPort, NamesPort = port is not null, User = user, Password = password, Path = path, IsBelowHome = below });
    }

    /// <summary>RFC 1738 section 3.2.2: ";type=i" is what we do anyway; text and listings are not what a source is for.</summary>
    private static string WithoutType(string path)
    {
        const string Parameter = ";type=";
        int at = path.LastIndexOf(Parameter, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || path.AsSpan(at).Contains('/'))
        {
            return path;
        }

        return path[(at + Parameter.Length)..] is "i" or "I"
            ? path[..at]
            : throw Bad("files are moved byte by byte: leave out \";type=\", or write \";type=i\"");
    }

    private static (string Host, int? Port) ParseHost(string authority)
    {
        string host, port;
        if (authority.StartsWith('['))
        {
            int close = authority.IndexOf(']', StringComparison.Ordinal);
            if (close < 0)
            {
                throw Bad("the \"[\" of an IPv6 address is not closed");
            }

            // RFC 6874: the zone's % is written %25; people write it bare too.
            host = authority[1..close].Replace("%25", "%", StringComparison.Ordinal);
            port = authority[(close + 1)..];
            if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                throw Bad($"\"{FileNames.ForDisplay(host)}\" is no IPv6 address");
            }

            if (port.Length > 0 && port[0] != ':')
            {
                throw Bad("only a colon and a port may stand behind an address in brackets");
            }

            return (host, ParsePort(port.Length > 0 ? port[1..] : ""));
        }

        int colon = authority.IndexOf(':', StringComparison.Ordinal);
        if (colon != authority.LastIndexOf(':'))
        {
            throw Bad("an IPv6 address goes into brackets: [::1]");
        }

        host = colon < 0 ? authority : authority[..colon];
        return (ParseName(Decode(host, "host")), ParsePort(colon < 0 ? "" : authority[(colon + 1)..]));
    }

    private static string ParseName(string host)
    {
        if (host.Length == 0)
        {
            throw Bad("it names no host");
        }

        string ascii;
        try
        {
            ascii = Ascii.IsValid(host) ? host.ToLowerInvariant() : new IdnMapping().GetAscii(host).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            throw Bad($"\"{FileNames.ForDisplay(host)}\" is no host name");
        }

        bool named = ascii.Length <= MaxHostLength && !ascii.Contains("..", StringComparison.Ordinal) && ascii[0] is not ('.' or '-')
            && ascii.AsSpan().IndexOfAnyExcept(HostCharacters) < 0;

        // A last label of digits makes it an address (RFC 3986 section 3.2.2), and "127.1" is none: who reads it would see another.
        string last = ascii.TrimEnd('.').Split('.')[^1];
        if (named && last.Length > 0 && last.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            named = ascii.Split('.') is { Length: 4 } parts && parts.All(part =>
                part.Length is >= 1 and <= 3 && (part.Length == 1 || part[0] != '0') && byte.TryParse(part, CultureInfo.InvariantCulture, out _));
        }

        return named ? ascii : throw Bad($"\"{FileNames.ForDisplay(host)}\" is no host name");
    }

    private static int? ParsePort(string text) =>
        text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535 ? port
        : throw Bad($"\"{FileNames.ForDisplay(text)}\" is no port: it is a number from 1 to 65535");

    /// <summary>Percent-decodes to bytes, and those to text without loss.</summary>
    private static string Decode(string text, string what)
    {
        try
        {
            byte[] bytes = FileNames.Encode(text);
            int length = 0;
            for (int i = 0; i < bytes.Length; i++)
            {
                byte one = bytes[i];
                if (one == '%')
                {
                    if (i + 2 >= bytes.Length || !byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out one))
                    {
                        throw Bad($"a \"%\" in the {what} is not followed by two hexadecimal digits: a percent sign itself is %25");
                    }

                    i += 2;
                }

                bytes[length++] = one;
            }

            return FileNames.Decode(bytes.AsSpan(0, length));
        }
        catch (FileException)
        {
            throw Bad($"the {what} has half a character in it");
        }
    }

    private static void Escape(StringBuilder text, string part, bool keepsSlash)
    {
        foreach (byte one in FileNames.Encode(part))
        {
            char c = (char)one;
            _ = char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '!' or '$' or '\'' or '(' or ')' or '*' or '+' or ',' or '='
                || (keepsSlash && c is '/' or ':' or '@' or '&')
                ? text.Append(c)
                : text.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }
    }

    /// <summary>The path must be one, so that later only the server can object to it.</summary>
    private static RemoteUrl Checked(RemoteUrl url)
    {
        try
        {
            _ = VirtualPath.Parse(url.Path);
            return url;
        }
        catch (FileException bad)
        {
            throw Bad(bad.Error == FileError.NameTooLong ? $"the path has more than {VirtualPath.MaxLength} characters" : "the path has a NUL in it");
        }
    }

    private static RemoteException Bad(string why) => new(RemoteError.Usage, $"This is no URL of a server: {why}.");
}
