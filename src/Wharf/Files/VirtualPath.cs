namespace Wharf.Files;

/// <summary>
/// An absolute path in the virtual file system: it begins with '/', has no empty, "." or ".." part and no NUL, and '/' alone
/// is the root. A path is parsed once, at the edge (<see cref="Resolve"/>); everything below takes only this type. The
/// default value is the root. Comparison is ordinal: names that differ only in case or normal form differ.
/// </summary>
public readonly struct VirtualPath : IEquatable<VirtualPath>
{
    /// <summary>Longest path, in characters; Linux's PATH_MAX.</summary>
    public const int MaxLength = 4096;

    /// <summary>Longest single name, in bytes; Linux's NAME_MAX.</summary>
    public const int MaxNameBytes = 255;

    private readonly string? _value;

    private VirtualPath(string value) => _value = value;

    /// <summary>The root, "/".</summary>
    public static VirtualPath Root => default;

    /// <summary>The path's text, "/" first; bytes that are not UTF-8 are escaped as <see cref="FileNames"/> says.</summary>
    public string Value => _value ?? "/";

    /// <summary>Whether this is "/".</summary>
    public bool IsRoot => _value is null;

    /// <summary>The last part; empty for the root.</summary>
    public string Name => _value is null ? "" : _value[(_value.LastIndexOf('/') + 1)..];

    /// <summary>The path without its last part; the root's parent is the root (RFC 3659 section 6 leaves it open).</summary>
    public VirtualPath Parent => _value is null || _value.LastIndexOf('/') is 0 ? Root : new(_value[.._value.LastIndexOf('/')]);

    /// <summary>How many parts the path has; 0 for the root.</summary>
    public int Depth => _value?.AsSpan().Count('/') ?? 0;

    /// <summary>
    /// What a user's text means, seen from this directory: absolute or relative, "." and ".." taken out by their words alone
    /// (RFC 3659 section 6, TVFS), repeated and trailing slashes ignored. ".." above the root stays at the root.
    /// </summary>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>: NUL in the text;
    /// <see cref="FileError.NameTooLong"/>: past <see cref="MaxLength"/>.</exception>
    public VirtualPath Resolve(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
        {
            throw new FileException(FileError.BadName, text.ToString());
        }

        string from = text.StartsWith("/") ? "" : _value ?? "";
        if (from.Length + text.Length + 1 > MaxLength * 2)
        {
            throw new FileException(FileError.NameTooLong, text.ToString());
        }

        // The result is never longer than both together with a slash between.
        Span<char> result = new char[from.Length + text.Length + 1];
        from.CopyTo(result);
        int length = from.Length;
        foreach (var range in text.Split('/'))
        {
            var part = text[range];
            if (part.IsEmpty || part is ".")
            {
                continue;
            }

            if (part is "..")
            {
                length = Math.Max(result[..length].LastIndexOf('/'), 0);
                continue;
            }

            result[length++] = '/';
            part.CopyTo(result[length..]);
            length += part.Length;
        }

        if (length > MaxLength)
        {
            throw new FileException(FileError.NameTooLong, text.ToString());
        }

        return length == 0 ? Root : new(result[..length].ToString());
    }

    /// <summary>A path from text that is taken as seen from the root.</summary>
    /// <exception cref="FileException">As for <see cref="Resolve"/>.</exception>
    public static VirtualPath Parse(ReadOnlySpan<char> text) => Root.Resolve(text);

    /// <summary>The entry of that name in this directory. The name is one part: not "..", no slash.</summary>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>: the name is not one part.</exception>
    public VirtualPath Append(string name)
    {
        if (string.IsNullOrEmpty(name) || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            throw new FileException(FileError.BadName, name ?? "");
        }

        return new(_value + "/" + name);
    }

    /// <summary>Whether this is that directory or lies below it.</summary>
    public bool IsWithin(VirtualPath directory) => directory._value is null
        || (_value is not null && _value.StartsWith(directory._value, StringComparison.Ordinal)
            && (_value.Length == directory._value.Length || _value[directory._value.Length] == '/'));

    /// <summary>The parts from the root down; none for the root.</summary>
    public string[] Parts() => _value is null ? [] : _value[1..].Split('/');

    /// <inheritdoc/>
    public bool Equals(VirtualPath other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is VirtualPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The path as a log may show it (<see cref="FileNames.ForDisplay"/>).</summary>
    public override string ToString() => FileNames.ForDisplay(Value);

    /// <summary>Ordinal equality.</summary>
    public static bool operator ==(VirtualPath left, VirtualPath right) => left.Equals(right);

    /// <summary>Ordinal inequality.</summary>
    public static bool operator !=(VirtualPath left, VirtualPath right) => !left.Equals(right);
}
