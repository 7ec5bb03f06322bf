using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>How a client wants a file opened, whatever its version calls that.</summary>
/// <param name="Reads">Whether it wants to read.</param>
/// <param name="Writes">Whether it wants to write. Neither, for attributes alone, is opened for reading.</param>
/// <param name="Creation">What the name may be before.</param>
/// <param name="Mode">Permission bits of a new file; null for none named.</param>
internal readonly record struct Opening(bool Reads, bool Writes, FileCreation Creation, int? Mode)
{
    /// <summary>Whether every write goes to the end.</summary>
    public bool Append { get; init; }

    /// <summary>Whether a file that is there is cut to nothing.</summary>
    public bool Truncates { get; init; }

    /// <summary>Whether reads and writes go on where the one before ended, whatever offset they name.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether a link in the last place means what it points to; otherwise it is refused.</summary>
    public bool FollowsLinks { get; init; } = true;

    /// <summary>The same for the file system. Throws where it cannot be.</summary>
    public OpenMode ToMode()
    {
        if (Truncates && !Writes)
        {
            // Cutting is writing; open(2) would do it even to a file that is opened for reading.
            throw new SftpException(SftpFailure.InvalidParameter);
        }

        var access = !Writes ? FileAccess.Read : Reads ? FileAccess.ReadWrite : FileAccess.Write;
        return new(access, Creation) { Append = Append, Mode = Mode };
    }
}
