using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>What a server said it can do beyond the protocol, in VERSION.</summary>
internal sealed class ServerOffer
{
    /// <summary>Most names that are remembered; a server with more has none of those behind.</summary>
    private const int MostNames = 256;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Nothing.</summary>
    public static ServerOffer Nothing { get; } = new();

    public bool PosixRename => Has("posix-rename@openssh.com");

    public bool Space => Has("statvfs@openssh.com");

    public bool HardLink => Has("hardlink@openssh.com");

    public bool Flush => Has("fsync@openssh.com");

    public bool LinkSetStat => Has("lsetstat@openssh.com");

    public bool Limits => Has("limits@openssh.com");

    public bool CopyData => Has("copy-data");

    /// <summary>The draft's two requests are announced by one name, or each by its own.</summary>
    public bool CheckFile => Has("check-file") || Has("check-file-name") || Has("check-file-handle");

    public bool ExpandPath => Has("expand-path@openssh.com");

    public bool HomeDirectory => Has("home-directory");

    public bool NamesById => Has("users-groups-by-id@openssh.com");

    /// <summary>Whether SYMLINK has its paths in the order of the draft, as this one server tells; all else keep to OpenSSH's.</summary>
    public bool LinkBeforeTarget =>
        _names.TryGetValue("symlink-order@rjk.greenend.org.uk", out string? order) && order.StartsWith("linkpath", StringComparison.Ordinal);

    /// <summary>Whether that name was said, whatever stands beside it.</summary>
    public bool Has(string name) => _names.ContainsKey(name);

    /// <summary>The pairs behind the version. What is cut short there ends the list: it is no reason to refuse a server.</summary>
    public static ServerOffer Read(ServerVersion version)
    {
        var offer = new ServerOffer();
        var reader = new WireReader(version.Extensions);
        try
        {
            while (reader.Left > 0 && offer._names.Count < MostNames)
            {
                string name = Files.FileNames.Decode(reader.Bytes().Span);
                offer._names[name] = Files.FileNames.Decode(reader.Bytes().Span);
            }
        }
        catch (WireException)
        {
            return offer;
        }

        return offer;
    }
}
