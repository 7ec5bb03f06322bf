using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>What a transfer with another server needs of a session.</summary>
internal sealed partial class FtpClientSession
{
    /// <summary>TYPE I and MODE S, whatever the last transfer was, and no data connection of ours kept.</summary>
    public async ValueTask PlainAsync(VirtualPath path, CancellationToken cancel)
    {
        if (await TakeKeptAsync('S').ConfigureAwait(false) is { } kept)
        {
            await kept.DisposeAsync().ConfigureAwait(false);
        }

        var order = new TransferOrder("STOR", null, path);
        var before = Before(order);
        foreach (var command in before)
        {
            await _dialogue.SendAsync([command], cancel).ConfigureAwait(false);
            _ = await _dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
        }

        await CheckAsync(before, order, cancel).ConfigureAwait(false);
    }
}
