using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>What ATTRS from a client mean for a file.</summary>
internal interface IAttributeMeaning<TAttributes>
{
    /// <summary>What a client wants to be set. Throws <see cref="SftpException"/> where a value cannot be.</summary>
    static abstract AttributeChange Change(in TAttributes attributes);

    /// <summary>Permission bits for something new; null where the client named none.</summary>
    static abstract int? ModeOf(in TAttributes attributes);
}
