using System.Globalization;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Scp;

/// <summary>
/// "scp -f": sends files. Each is a line "C0644 LENGTH NAME" and its bytes, a directory "D0755 0 NAME", its entries and "E";
/// "T MTIME 0 ATIME 0" goes before either with -p. Each line and each file waits for the peer's answer. Symbolic links are
/// followed, as OpenSSH does: the protocol has none.
/// </summary>
internal sealed class ScpSource(
    ScpStream stream, IFileSystem files, ScpArguments arguments, ScpOptions options, string session, ILogger logger)
    : ScpCopy(stream, files, arguments, options, session, logger)
{
    /// <summary>File bytes of one packet: what OpenSSH's client takes at once (its maximum packet size for a session).</summary>
    private const int PacketBytes = 32 * 1024;

    protected override async ValueTask CopyAsync(CancellationToken cancel)
    {
        // The peer begins.
        await AnswerAsync(cancel).ConfigureAwait(false);
        var patterns = new ScpPatterns(Files, Options.Limits);
        foreach (var word in Arguments.Paths)
        {
            var (paths, cut) = await patterns.ExpandAsync(word, cancel).ConfigureAwait(false);
            foreach (var path in paths)
            {
                await SendAsync(path, cancel).ConfigureAwait(false);
            }

            if (cut)
            {
                Say(Failed, $"{word.Text}: the pattern is too much work");
            }
        }
    }

    private async ValueTask SendAsync(VirtualPath path, CancellationToken cancel)
    {
        if (await TryStatAsync(path, cancel).ConfigureAwait(false) is not { } entry)
        {
            return;
        }

        if (!entry.IsDirectory)
        {
            await SendFileAsync(path, cancel).ConfigureAwait(false);
        }
        else if (Arguments.Recursive)
        {
            await SendTreeAsync(path, entry, cancel).ConfigureAwait(false);
        }
        else
        {
            Say(path, FileError.NotRegular);
        }
    }

    /// <summary>What the path means; null where that was told to be a failure.</summary>
    private async ValueTask<Entry?> TryStatAsync(VirtualPath path, CancellationToken cancel)
    {
        try
        {
            if (await Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { } entry)
            {
                return entry;
            }

            Say(path, FileError.NotFound);
        }
        catch (FileException failed)
        {
            Say(path, failed.Error);
        }

        return null;
    }

    private async ValueTask SendFileAsync(VirtualPath path, CancellationToken cancel)
    {
        IFile file;
        try
        {
            file = await Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        }
        catch (FileException failed)
        {
            Say(path, failed.Error);
            return;
        }

        await using var closing = file.ConfigureAwait(false);
        Entry entry;
        try
        {
            entry = await file.StatAsync(cancel).ConfigureAwait(false);
        }
        catch (FileException failed)
        {
            Say(path, failed.Error);
            return;
        }

        if (!await SendTimesAsync(entry, cancel).ConfigureAwait(false)
            || !await SendLineAsync('C', entry.Mode, entry.Length, path.Name, cancel).ConfigureAwait(false))
        {
            return;
        }

        if (await SendBytesAsync(file, entry.Length, cancel).ConfigureAwait(false) is { } error)
        {
            Say(path, error);
        }
        else
        {
            Sent(path, entry.Length);
        }

        await AnswerAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends so many bytes, and 0 behind them where all went well. A file that fails or ends on the way is filled up with zeros,
    /// since its length was announced, and the failure is returned for the caller to say.
    /// </summary>
    private async ValueTask<FileError?> SendBytesAsync(IFile file, long length, CancellationToken cancel)
    {
        FileError? error = null;
        for (long offset = 0; offset < length;)
        {
            await Stream.RoomAsync(cancel).ConfigureAwait(false);
            int count = (int)Math.Min(PacketBytes, length - offset);
            var packet = Packet.Rent(count);
            try
            {
                var into = packet.AppendMemory(count);
                int read = 0;
                if (error is null)
                {
                    try
                    {
                        read = await file.ReadAsync(offset, into, cancel).ConfigureAwait(false);
                        error = read < count ? FileError.Io : null;
                    }
                    catch (FileException failed)
                    {
                        error = failed.Error;
                    }
                }

                into.Span[read..].Clear();
                offset += count;
                if (offset == length && error is null && count < PacketBytes)
                {
                    packet.Append(1)[0] = 0;
                }
            }
            catch
            {
                packet.Dispose();
                throw;
            }

            Stream.Send(packet);
        }

        if (error is null && length % PacketBytes == 0)
        {
            Stream.Send(0);
        }

        return error;
    }

    /// <summary>A directory with all below it, without recursion: the directories on the way down wait on a stack.</summary>
    private async ValueTask SendTreeAsync(VirtualPath top, Entry topEntry, CancellationToken cancel)
    {
        var way = new Stack<Level>();
        try
        {
            await EnterAsync(way, top, topEntry, cancel).ConfigureAwait(false);
            while (way.TryPeek(out var level))
            {
                if (!await TryNextAsync(level).ConfigureAwait(false))
                {
                    way.Pop();
                    await level.Entries.DisposeAsync().ConfigureAwait(false);

                    // The root has no name that a peer would take, so its entries are sent as if each had been asked for.
                    if (!level.Path.IsRoot)
                    {
                        Stream.SendLine("E");
                        await AnswerAsync(cancel).ConfigureAwait(false);
                    }

                    continue;
                }

                var found = level.Entries.Current;
                var path = level.Path.Append(found.Name);
                var entry = found.Kind is EntryKind.File ? found : await TryStatAsync(path, cancel).ConfigureAwait(false);
                if (entry is { IsDirectory: true })
                {
                    await EnterAsync(way, path, entry, cancel).ConfigureAwait(false);
                }
                else if (entry is not null)
                {
                    await SendFileAsync(path, cancel).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            foreach (var level in way)
            {
                await level.Entries.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask EnterAsync(Stack<Level> way, VirtualPath path, Entry entry, CancellationToken cancel)
    {
        // A link to a directory above would never end.
        if (way.Count >= Options.Limits.Depth || way.Any(level => entry.FileId != 0 && level.Id == (entry.Device, entry.FileId)))
        {
            Say(path, FileError.LinkLoop);
            return;
        }

        if (path.IsRoot
            || (await SendTimesAsync(entry, cancel).ConfigureAwait(false)
                && await SendLineAsync('D', entry.Mode, 0, path.Name, cancel).ConfigureAwait(false)))
        {
            way.Push(new Level(path, (entry.Device, entry.FileId), Files.ListAsync(path, EntryDetail.Names, cancel).GetAsyncEnumerator(cancel)));
        }
    }

    /// <summary>A directory that cannot be read ends where that shows.</summary>
    private async ValueTask<bool> TryNextAsync(Level level)
    {
        try
        {
            return await level.Entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (FileException failed)
        {
            // Told as a failure of its own; like OpenSSH, the directory itself then ends as it should.
            Say(level.Path, failed.Error);
            return false;
        }
    }

    private async ValueTask<bool> SendTimesAsync(Entry entry, CancellationToken cancel)
    {
        if (!Arguments.Preserve)
        {
            return true;
        }

        Stream.SendLine(string.Create(CultureInfo.InvariantCulture, $"T{Seconds(entry.Modified)} 0 {Seconds(entry.Accessed ?? entry.Modified)} 0"));
        return await AnswerAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Before 1970 is 1970: the protocol has no negative times.</summary>
    private static long Seconds(DateTime time) => Math.Max(0, new DateTimeOffset(time).ToUnixTimeSeconds());

    private ValueTask<bool> SendLineAsync(char kind, int mode, long length, string name, CancellationToken cancel)
    {
        // A line end cannot be in a line; OpenSSH writes it as vis(3) does.
        string line = name.Replace("\n", "\\^J", StringComparison.Ordinal);
        string octal = Convert.ToString(mode & 0xFFF, 8).PadLeft(4, '0');
        Stream.SendLine(string.Create(CultureInfo.InvariantCulture, $"{kind}{octal} {length} {line}"));
        return AnswerAsync(cancel);
    }

    /// <summary>A directory on the way down.</summary>
    private sealed record Level(VirtualPath Path, (ulong, ulong) Id, IAsyncEnumerator<Entry> Entries);
}
