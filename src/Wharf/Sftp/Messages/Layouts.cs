namespace Wharf.Sftp.Messages;

/// <summary>What differs on the wire between versions 4, 5 and 6 inside the same message.</summary>
internal interface ILayout
{
    /// <summary>The fields of ATTRS that the version knows.</summary>
    static abstract TypedFlags Fields { get; }

    /// <summary>Whether attrib-bits are followed by those that are valid among them.</summary>
    static abstract bool HasValidBits { get; }

    /// <summary>Whether types beyond Unknown have numbers of their own.</summary>
    static abstract bool HasMoreTypes { get; }

    /// <summary>Whether NAME may end with what says that nothing comes behind it.</summary>
    static abstract bool HasEndOfList { get; }
}

/// <summary>draft-ietf-secsh-filexfer-04 section 5.</summary>
internal readonly struct Layout4 : ILayout
{
    public static TypedFlags Fields =>
        TypedFlags.Size | TypedFlags.Permissions | TypedFlags.Accessed | TypedFlags.Created | TypedFlags.Modified | TypedFlags.Acl
        | TypedFlags.Owners | TypedFlags.Subseconds | TypedFlags.Extended;

    public static bool HasValidBits => false;

    public static bool HasMoreTypes => false;

    public static bool HasEndOfList => false;
}

/// <summary>draft-ietf-secsh-filexfer-05 section 5: attrib-bits came.</summary>
internal readonly struct Layout5 : ILayout
{
    public static TypedFlags Fields => Layout4.Fields | TypedFlags.Bits;

    public static bool HasValidBits => false;

    public static bool HasMoreTypes => true;

    public static bool HasEndOfList => false;
}

/// <summary>draft-ietf-secsh-filexfer-13 section 7: all there is.</summary>
internal readonly struct Layout6 : ILayout
{
    public static TypedFlags Fields =>
        Layout5.Fields | TypedFlags.AllocationSize | TypedFlags.TextHint | TypedFlags.MimeType | TypedFlags.Links | TypedFlags.UntranslatedName
        | TypedFlags.Changed;

    public static bool HasValidBits => true;

    public static bool HasMoreTypes => true;

    public static bool HasEndOfList => true;
}

/// <summary>SSH_FILEXFER_ATTR_FLAGS_*, draft-ietf-secsh-filexfer-05 section 5.8 and -13 section 7.9.</summary>
[Flags]
internal enum AttributeBits : uint
{
    None = 0,
    ReadOnly = 0x1,
    System = 0x2,
    Hidden = 0x4,
    CaseInsensitive = 0x8,
    Archive = 0x10,
    Encrypted = 0x20,
    Compressed = 0x40,
    Sparse = 0x80,
    AppendOnly = 0x100,
    Immutable = 0x200,
    Sync = 0x400,
    TranslationError = 0x800,
}
