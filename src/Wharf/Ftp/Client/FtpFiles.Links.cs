using Wharf.Files;
using Wharf.Ftp.Listings.Parsing;

namespace Wharf.Ftp.Client;

/// <summary>Where links lead: FTP has no command that tells, nor have MLSD's facts a place for it that clients agree on, but most servers' LIST does.</summary>
internal sealed partial class FtpFiles
{
    /// <summary>A LIST has shown links without their text: the next one would too.</summary>
    private volatile bool _hidesLinkTexts;

    /// <inheritdoc/>
    public async ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        Paths.Check(path);
        string? text = Known.Find(path)?.LinkText;
        if (text is null && !path.IsRoot && !_hidesLinkTexts)
        {
            var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
            await using var back = lease.ConfigureAwait(false);
            text = await LearnLinkAsync(lease.Session, path, cancellationToken).ConfigureAwait(false);
        }

        return text ?? throw new FileException(FileError.NotSupported, path);
    }

    /// <summary>The text of a link by a listing of its directory, which tells those of the others there too.</summary>
    private async ValueTask<string?> LearnLinkAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        string? text = null;
        try
        {
            await foreach (var entry in ListedAsync(session, ListingKind.Lines, path.Parent, cancel).ConfigureAwait(false))
            {
                if (entry is { Kind: EntryKind.Link, LinkText: not null })
                {
                    Known.Saw(path.Parent.Append(entry.Name), entry);
                    text = entry.Name == path.Name ? entry.LinkText : text;
                }
                else if (entry.Name == path.Name)
                {
                    _hidesLinkTexts |= entry.Kind == EntryKind.Link;
                }
            }
        }
        catch (FileException bad) when (bad.Error == FileError.BadName)
        {
            // It comes behind the good ones, and whoever lists the directory is told.
            return text;
        }

        return text;
    }
}
