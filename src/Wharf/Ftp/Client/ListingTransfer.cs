using Wharf.Files;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Client;

/// <summary>A listing that is under way: its lines as they come. Disposed before its end, it is dropped.</summary>
internal sealed class ListingTransfer : IAsyncDisposable
{
    private readonly FtpTransfer _transfer;
    private readonly ModeReader _wire;
    private readonly LineReader _lines;

    private ListingTransfer(FtpClientSession session, FtpTransfer transfer)
    {
        _transfer = transfer;
        _wire = transfer.Mode.Reader(transfer.Data, FtpClientSession.Parameters(transfer.Order), session.ModeOptions);
        _lines = new LineReader(_wire);
    }

    /// <summary>Begins it and waits for its first lines: only those tell that it was not refused.</summary>
    /// <exception cref="FileException">The server refuses it.</exception>
    public static async ValueTask<ListingTransfer> OpenAsync(FtpClientSession session, TransferOrder order, CancellationToken cancel)
    {
        var transfer = await session.BeginAsync(order, cancel).ConfigureAwait(false);
        ListingTransfer? listing = null;
        try
        {
            await transfer.OpenAsync(cancel).ConfigureAwait(false);
            listing = new ListingTransfer(session, transfer);
            _ = await listing.FillAsync(cancel).ConfigureAwait(false);
            if (listing._lines.IsEmpty)
            {
                // An empty listing may be a refused one, whose data connection was closed first.
                await listing.CompleteAsync(cancel).ConfigureAwait(false);
            }

            return listing;
        }
        catch
        {
            transfer.Drop();
            listing?.Free();
            throw;
        }
    }

    /// <summary>The next line of what is here; null where more must be received.</summary>
    public string? Take() => _lines.Take();

    /// <summary>Receives more; false behind the end.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        bool more = false;
        await _transfer.GuardAsync(async () => more = await _lines.FillAsync(_transfer.Stop).ConfigureAwait(false), cancel).ConfigureAwait(false);
        _transfer.Meter.Add(1);
        return more;
    }

    /// <summary>Waits for the final reply.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancel) => _ = await _transfer.CompleteAsync(cancel).ConfigureAwait(false);

    public ValueTask DisposeAsync()
    {
        _transfer.Drop();
        Free();
        return default;
    }

    private void Free()
    {
        _lines.Dispose();
        _wire.Dispose();
    }
}
