using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>A file that is written beside the name it will have.</summary>
/// <param name="target">The name it will have; where the caller named a link, what that points to.</param>
/// <param name="temporary">The name it has.</param>
internal sealed class SftpReplacement(VirtualPath target, VirtualPath temporary)
{
    public VirtualPath Target => target;

    public VirtualPath Temporary => temporary;

    /// <summary>Attributes to set when all is written; null for none.</summary>
    public AttributeChange? Change { get; set; }

    /// <summary>Whether it has its name.</summary>
    public bool IsCommitted { get; set; }
}
