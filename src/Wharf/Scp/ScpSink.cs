using System.Globalization;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Scp;

/// <summary>
/// "scp -t": receives files. Each line and each file is answered: 0, or 1 and what went wrong. Names come from the peer, and
/// only one part of a path is a name (security case T10). Files are written in place, as OpenSSH does: the protocol says
/// neither how a file begins nor that a copy is complete, and what was there stays where the copy ends early.
/// </summary>
internal sealed class ScpSink(
    ScpStream stream, IFileSystem files, ScpArguments arguments, ScpOptions options, string session, ILogger logger)
    : ScpCopy(stream, files, arguments, options, session, logger)
{
    /// <summary>Bytes of one write to the disk.</summary>
    private const int WriteBytes = 1024 * 1024;

    private readonly Stack<Level> _way = new();

    /// <summary>What the last T line said; it is of the file or directory that comes next.</summary>
    private Times? _times;

    protected override async ValueTask CopyAsync(CancellationToken cancel)
    {
        string text = Arguments.Paths[0].Text;
        var target = VirtualPath.Parse(text);
        bool isDirectory = await StatAsync(target, cancel).ConfigureAwait(false) is { IsDirectory: true };
        if (Arguments.MustBeDirectory && !isDirectory)
        {
            throw new ScpException($"{target.Value}: {ScpReason.Of(FileError.NotDirectory)}");
        }

        Stream.Send(0);
        for (bool isFirst = true; await Stream.ReadLineAsync(cancel).ConfigureAwait(false) is { } line; isFirst = false)
        {
            char kind = line.Length > 0 ? line[0] : '\n';
            switch (kind)
            {
                case (char)Failed:
                    Heard(line[1..]);
                    break;
                case (char)Fatal:
                    Heard(line[1..]);
                    return;
                case 'T':
                    _times = Times.Parse(line) ?? throw new ScpException("protocol error: times are not well formed");
                    Stream.Send(0);
                    break;
                case 'E':
                    if (_way.TryPop(out var level))
                    {
                        await LeaveAsync(level, cancel).ConfigureAwait(false);
                        break;
                    }

                    Stream.Send(0);
                    return;
                case 'C' or 'D':
                    var control = Control.Parse(line);
                    if (_way.TryPeek(out var into) || isDirectory)
                    {
                        await TakeAsync(control, Below(into?.Path ?? target, control.Name), cancel).ConfigureAwait(false);
                    }
                    else if (control.IsDirectory || !text.EndsWith('/'))
                    {
                        await TakeAsync(control, target, cancel).ConfigureAwait(false);
                    }
                    else
                    {
                        Say(target, FileError.NotDirectory);
                    }

                    break;
                default:
                    throw new ScpException(isFirst ? "expected a control record; is a login script talking?" : "protocol error: expected a control record");
            }
        }

        if (_way.Count > 0)
        {
            throw new EndOfStreamException();
        }
    }

    private static VirtualPath Below(VirtualPath directory, string name) => directory.Value.Length + name.Length < VirtualPath.MaxLength
        ? directory.Append(name)
        : throw new FileException(FileError.NameTooLong, name);

    private async ValueTask TakeAsync(Control control, VirtualPath path, CancellationToken cancel)
    {
        var times = _times;
        _times = null;
        if (!control.IsDirectory)
        {
            await ReceiveAsync(control, path, times, cancel).ConfigureAwait(false);
        }
        else if (!Arguments.Recursive)
        {
            throw new ScpException("protocol error: received directory without -r");
        }
        else if (_way.Count >= Options.Limits.Depth)
        {
            Say(path, FileError.NameTooLong);
        }
        else
        {
            await EnterAsync(control, path, times, cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask EnterAsync(Control control, VirtualPath path, Times? times, CancellationToken cancel)
    {
        const int owner = 0x1C0; // rwx------
        int? mode = Arguments.Preserve ? control.Mode : null;
        try
        {
            var entry = await StatAsync(path, cancel).ConfigureAwait(false);
            if (entry is { IsDirectory: false })
            {
                Say(path, FileError.NotDirectory);
                return;
            }

            if (entry is null)
            {
                // The owner can write in it while it is filled, and what the peer did not ask for is taken away at its end.
                await Files.MakeDirectoryAsync(path, control.Mode | owner, cancel).ConfigureAwait(false);
                if (mode is null && (control.Mode & owner) != owner && await StatAsync(path, cancel).ConfigureAwait(false) is { } made)
                {
                    mode = made.Mode & control.Mode;
                }
            }
        }
        catch (FileException failed)
        {
            Say(path, failed.Error);
            return;
        }

        _way.Push(new Level(path, mode, times));
        Stream.Send(0);
    }

    private async ValueTask LeaveAsync(Level level, CancellationToken cancel)
    {
        if (level.Mode is not null || level.Times is not null)
        {
            try
            {
                var change = new AttributeChange { Mode = level.Mode, Modified = level.Times?.Modified, Accessed = level.Times?.Accessed };
                await Files.ChangeAsync(level.Path, change, LinkHandling.Follow, cancel).ConfigureAwait(false);
            }
            catch (FileException failed)
            {
                Say(level.Path, failed.Error);
                return;
            }
        }

        Stream.Send(0);
    }

    private async ValueTask ReceiveAsync(Control control, VirtualPath path, Times? times, CancellationToken cancel)
    {
        IFile file;
        try
        {
            var mode = new OpenMode(FileAccess.Write, FileCreation.OpenOrCreate) { Mode = control.Mode, ExpectedLength = control.Length };
            file = await Files.OpenAsync(path, mode, cancel).ConfigureAwait(false);
        }
        catch (FileException failed)
        {
            // The peer reads this instead of a yes, and keeps the bytes to itself.
            Say(path, failed.Error);
            return;
        }

        await using var closing = file.ConfigureAwait(false);
        FileError? error = null;
        long before;
        try
        {
            before = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
        }
        catch (FileException failed)
        {
            Say(path, failed.Error);
            return;
        }

        Stream.Send(0);
        for (long offset = 0; offset < control.Length;)
        {
            var bytes = await Stream.PeekAsync(Math.Min(control.Length - offset, WriteBytes), cancel).ConfigureAwait(false);
            if (bytes.IsEmpty)
            {
                throw new EndOfStreamException();
            }

            int count = (int)bytes.Length;
            if (error is null)
            {
                try
                {
                    await file.WriteAsync(offset, bytes, cancel).ConfigureAwait(false);
                }
                catch (FileException failed)
                {
                    // The bytes were announced, so the rest is read away.
                    error = failed.Error;
                }
            }

            Stream.Advance(count);
            offset += count;
        }

        bool isWhole = await AnswerAsync(cancel).ConfigureAwait(false);
        try
        {
            if (error is null)
            {
                var change = new AttributeChange
                {
                    Length = before > control.Length ? control.Length : null,
                    Mode = Arguments.Preserve ? control.Mode : null,
                    Modified = times?.Modified,
                    Accessed = times?.Accessed,
                };
                if (change != default)
                {
                    await file.ChangeAsync(change, cancel).ConfigureAwait(false);
                }

                if (isWhole)
                {
                    await file.CommitAsync(replace: true, Options.Durable, cancel).ConfigureAwait(false);
                }
            }
        }
        catch (FileException failed)
        {
            error = failed.Error;
        }

        if (error is { } wrong)
        {
            Say(path, wrong);
            return;
        }

        Received(path, control.Length);
        Stream.Send(0);
    }

    private ValueTask<Entry?> StatAsync(VirtualPath path, CancellationToken cancel) => Files.StatAsync(path, LinkHandling.Follow, cancel);

    /// <summary>A directory that is being filled, and what becomes of it at its end.</summary>
    private sealed record Level(VirtualPath Path, int? Mode, Times? Times);

    /// <summary>"T MTIME USEC ATIME USEC".</summary>
    private sealed record Times(DateTime Modified, DateTime Accessed)
    {
        public static Times? Parse(string line) => line[1..].Split(' ') is [var modified, var modifiedMicro, var accessed, var accessedMicro]
            && Time(modified, modifiedMicro) is { } one && Time(accessed, accessedMicro) is { } other
            ? new Times(one, other)
            : null;

        private static DateTime? Time(string seconds, string micro) =>
            long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)
            && int.TryParse(micro, NumberStyles.None, CultureInfo.InvariantCulture, out int part)
            && part < 1_000_000 && whole < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTime.UnixEpoch.AddSeconds(whole).AddMicroseconds(part)
            : null;
    }

    /// <summary>"C0644 LENGTH NAME" or "D0755 0 NAME".</summary>
    private sealed record Control(bool IsDirectory, int Mode, long Length, string Name)
    {
        private const int ModeDigits = 7;

        public static Control Parse(string line)
        {
            string[] parts = line[1..].Split(' ', 3);
            if (parts is not [{ Length: > 0 and <= ModeDigits } mode, var length, var name] || mode.AsSpan().ContainsAnyExceptInRange('0', '7'))
            {
                throw new ScpException("protocol error: mode not delimited");
            }

            if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
            {
                throw new ScpException("protocol error: size not delimited");
            }

            return name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0
                ? new Control(line[0] == 'D', Convert.ToInt32(mode, 8) & 0xFFF, bytes, name)
                : throw new ScpException($"error: unexpected filename: {name}");
        }
    }
}
