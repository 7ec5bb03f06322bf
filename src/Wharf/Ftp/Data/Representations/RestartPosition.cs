using Wharf.Files;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>
/// What REST's number means for a transfer. In MODE B and C it is a marker of ours, that is a position in the file (RFC 959
/// section 3.5); in MODE S and Z it counts what would be transferred (RFC 3659 section 5), before deflating.
/// </summary>
internal static class RestartPosition
{
    /// <summary>Why a transfer cannot begin there, whatever the file; null where it can.</summary>
    public static Reply? Refusal(TransferParameters parameters, long position) =>
        position > 0 && parameters.Structure == Structure.Record && !IsMarker(parameters)
            ? Reply.NotForThat($"Records restart in MODE B and C only.")
            : null;

    /// <summary>Whether the number is one of our markers.</summary>
    public static bool IsMarker(TransferParameters parameters) => ModeTable.Find(parameters.Mode)!.HasMarkers;

    /// <summary>The place in the file.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="file">Open for reading.</param>
    /// <param name="parameters">How the transfer goes.</param>
    /// <param name="position">REST's number.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="FileException">NotSupported: more would have to be read than <see cref="FtpLimits.SizeScanBytes"/>.</exception>
    public static async ValueTask<LocalPosition> FindAsync(
        FtpServerSession session, IFile file, TransferParameters parameters, long position, CancellationToken cancel)
    {
        if (position == 0 || parameters is not { Type: DataType.Ascii, Structure: Structure.File })
        {
            return new(position);
        }

        if (IsMarker(parameters))
        {
            byte[] before = new byte[1];
            int read = await file.ReadAsync(position - 1, before, cancel).ConfigureAwait(false);
            return new(position, read == 1 && before[0] == '\r');
        }

        return position <= session.Options.Limits.SizeScanBytes
            ? await WirePositions.FindAsync(file, position, cancel).ConfigureAwait(false)
            : throw new FileException(FileError.NotSupported, "");
    }
}
