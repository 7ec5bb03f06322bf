using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>An open directory: ".", "..", then the entries as the disk gives them, cut into replies.</summary>
internal sealed class OpenListing : OpenHandle
{
    /// <summary>What a reply carries besides entries: header and count.</summary>
    private const int CountBytes = 4;

    /// <summary>Room for the entry that turns out to be one too many.</summary>
    private const int RoomBytes = 2048;

    private readonly IAsyncEnumerator<Entry> _entries;
    private readonly Queue<Entry> _before = [];
    private Entry? _leftOver;
    private bool _ended;

    private OpenListing(VirtualPath path, IAsyncEnumerator<Entry> entries)
        : base(path) => _entries = entries;

    /// <summary>Opens a directory and reads its first entry: what forbids a listing is told here, as opendir does.</summary>
    public static async ValueTask<OpenListing> OpenAsync(IFileSystem files, VirtualPath path, CancellationToken cancel)
    {
        var self = await files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, path);
        if (!self.IsDirectory)
        {
            throw new FileException(FileError.NotDirectory, path);
        }

        // Above the root is the root.
        var parent = await files.StatAsync(path.Parent, LinkHandling.Follow, cancel).ConfigureAwait(false) ?? self;
        var listing = new OpenListing(path, files.ListAsync(path, EntryDetail.Full, cancel).GetAsyncEnumerator(cancel));
        try
        {
            listing._before.Enqueue(self.Renamed("."));
            listing._before.Enqueue(parent.Renamed(".."));
            if (await listing._entries.MoveNextAsync().ConfigureAwait(false))
            {
                listing._before.Enqueue(listing._entries.Current);
            }
            else
            {
                listing._ended = true;
            }

            return listing;
        }
        catch
        {
            await listing.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A reply with the next entries, filled to so many bytes; null at the end.</summary>
    public async ValueTask<Packet?> ReadAsync(SftpVersion version, uint id, int mostBytes, DateTime now, CancellationToken cancel)
    {
        var packet = SftpPacket.Begin(Name.Number, id, mostBytes + RoomBytes);
        try
        {
            packet.Append(CountBytes);
            uint count = 0;
            bool atEnd = true;
            while (await NextAsync(cancel).ConfigureAwait(false) is { } entry)
            {
                int before = packet.Length;
                version.WriteListed(packet, entry, now);
                if (packet.Length > mostBytes && count > 0)
                {
                    packet.Truncate(before);
                    _leftOver = entry;
                    atEnd = false;
                    break;
                }

                count++;
            }

            if (count == 0)
            {
                packet.Dispose();
                return null;
            }

            BinaryPrimitives.WriteUInt32BigEndian(packet.Span[SftpPacket.HeaderBytes..], count);
            version.EndListed(packet, atEnd);
            return SftpPacket.Finish(packet);
        }
        catch
        {
            packet.Dispose();
            throw;
        }
    }

    public override ValueTask DisposeAsync() => _entries.DisposeAsync();

    private async ValueTask<Entry?> NextAsync(CancellationToken cancel)
    {
        if (_leftOver is { } left)
        {
            _leftOver = null;
            return left;
        }

        if (_before.TryDequeue(out var entry))
        {
            return entry;
        }

        cancel.ThrowIfCancellationRequested();
        if (_ended || !await _entries.MoveNextAsync().ConfigureAwait(false))
        {
            _ended = true;
            return null;
        }

        return _entries.Current;
    }
}
