using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>A directory of the target while a tree is copied.</summary>
internal sealed class TargetDirectory(VirtualPath path, TargetDirectory? parent, Entry? source, Func<TargetDirectory, Task> make)
{
    private readonly Lock _gate = new();
    private Task? _made;
    private int _open = 1;

    public VirtualPath Path { get; } = path;

    public TargetDirectory? Parent { get; } = parent;

    /// <summary>The directory it is copied from; null for the root, which may be another's.</summary>
    public Entry? Source { get; } = source;

    /// <summary>Names of entries in lower case, where the target holds names that differ in case alone for one.</summary>
    public HashSet<string>? Names { get; set; }

    /// <summary>Whether it was made, or is being made.</summary>
    public bool IsMade => _made is not null;

    /// <summary>Makes it, once, after its parent.</summary>
    public Task MakeAsync()
    {
        lock (_gate)
        {
            return _made ??= make(this);
        }
    }

    /// <summary>Something is under way in it.</summary>
    public void Enter() => Interlocked.Increment(ref _open);

    /// <summary>It is done. True for the last one, when nothing in it will be touched any more.</summary>
    public bool Leave() => Interlocked.Decrement(ref _open) == 0;
}

/// <summary>
/// Copies a tree: one task walks the source, several copy, and between them is a bounded queue. A directory is made when it is found, or
/// when its first file comes where the selection chooses files; its times and mode are set when everything in it is done.
/// </summary>
internal sealed partial class TreeTransfer(TransferCall call)
{
    private const int PlainModeBits = 0x1FF; // 0777

    private readonly TransferOptions _options = call.Options;
    private readonly SelectionFilter _filter = new(call.Options.Selection);
    private readonly List<RemoteException> _failures = [];
    private readonly bool _folds = call.Engine.FoldsCase(call.To.Files);

    /// <summary>Copies it.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var (from, to) = (call.From, call.To);
        var root = await Attempts.RepeatAsync(
                call.Engine, from.Path.ToString(), stop => from.Files.StatAsync(from.Path, LinkHandling.Follow, stop).AsTask(), cancel)
            .ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from.Path);
        if (!root.IsDirectory)
        {
            await new FileTransfer(call, from, to, known: null).RunAsync(cancel).ConfigureAwait(false);
            return;
        }

        if (call.IsWithinOne && to.Path.IsWithin(from.Path))
        {
            throw new RemoteException(RemoteError.Usage, $"{from.Path} cannot be copied into itself.") { Path = to.Path.Value };
        }

        var target = new TargetDirectory(to.Path, null, root, _ => Task.CompletedTask);
        await Attempts.RepeatAsync(
            call.Engine,
            to.Path.ToString(),
            async stop =>
            {
                await MakeRootAsync(stop).ConfigureAwait(false);
                return true;
            },
            cancel).ConfigureAwait(false);
        await target.MakeAsync().ConfigureAwait(false);
        var lanes = new Lanes(call);
        await lanes.RunAsync<Func<CancellationToken, Task>>(
            (queue, stop) => WalkAsync(target, queue, stop), (work, stop) => work(stop), cancel).ConfigureAwait(false);
        ThrowFailures();
    }

    private async Task MakeRootAsync(CancellationToken cancel)
    {
        if (_options.MakeDirectories)
        {
            await call.MakeDirectoriesAsync(call.To.Path, cancel).ConfigureAwait(false);
        }
        else if (!call.To.Path.IsRoot)
        {
            await call.MakeDirectoryAsync(call.To.Path, cancel).ConfigureAwait(false);
        }
    }

    private async Task WalkAsync(TargetDirectory root, ChannelWriter<Func<CancellationToken, Task>> queue, CancellationToken cancel)
    {
        var walk = new TreeWalk(call.Engine, call.From) { FollowLinks = _options.FollowLinks, TakesDirectory = _filter.TakesDirectory };
        await foreach (var item in walk.RunAsync(cancel).ConfigureAwait(false))
        {
            var directory = item.Directory.Target ??= root;
            if (item.Failure is { } failure)
            {
                Failed(failure, item.Path);
            }
            else if (item.Entry is { } entry)
            {
                await TakeAsync(item, entry, directory, queue, cancel).ConfigureAwait(false);
            }

            if (item.Entry is null)
            {
                await LeaveAsync(directory, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task TakeAsync(
        WalkItem item, Entry entry, TargetDirectory directory, ChannelWriter<Func<CancellationToken, Task>> queue, CancellationToken cancel)
    {
        if (PartNames.IsOne(entry.Name) || (entry.IsDirectory ? item.Entered is null : !_filter.TakesFile(item.RelativePath, entry)))
        {
            call.Meter.LeftOut();
            return;
        }

        VirtualPath path;
        try
        {
            path = directory.Path.Append(entry.Name);
            RequireOneCase(directory, entry.Name, path);
        }
        catch (IOException failure) when (Failure.IsOfAnEnd(failure))
        {
            Failed(ExceptionDispatchInfo.Capture(failure), item.Path);
            return;
        }

        if (item.Entered is { } entered)
        {
            directory.Enter();
            entered.Target = new TargetDirectory(path, directory, entry, self => MakeAsync(self, cancel));
            if (!_filter.ChoosesFiles)
            {
                // Not waited for here: the walk goes on, and whoever needs the directory waits. What fails is thrown there.
                var made = entered.Target;
                await queue.WriteAsync(stop => GuardAsync(() => made.MakeAsync(), item.Path, null, stop), cancel).ConfigureAwait(false);
            }
        }
        else if (entry.IsFile || entry.Kind == EntryKind.Link)
        {
            directory.Enter();
            call.Meter.Expect(1, entry.IsFile ? entry.Length : 0);
            await queue.WriteAsync(
                stop => GuardAsync(() => CopyAsync(item, entry, directory, path, stop), item.Path, directory, stop), cancel).ConfigureAwait(false);
        }
        else
        {
            Log.Special(call.Engine.Logger, item.Path, entry.Kind);
            call.Meter.LeftOut();
        }
    }

    private async Task CopyAsync(WalkItem item, Entry entry, TargetDirectory directory, VirtualPath path, CancellationToken cancel)
    {
        await directory.MakeAsync().ConfigureAwait(false);
        var (from, to) = (call.From.At(item.Path), call.To.At(path));
        if (entry.IsFile)
        {
            await new FileTransfer(call, from, to, entry) { InTree = true }.RunAsync(cancel).ConfigureAwait(false);
        }
        else if (!await Attempts.RepeatAsync(
            call.Engine, from.Path.ToString(), stop => LinkCopy.TryAsync(call, from, to, entry, stop), cancel).ConfigureAwait(false))
        {
            Log.Special(call.Engine.Logger, item.Path, entry.Kind);
            call.Meter.LeftOut();
        }
    }

    private async Task MakeAsync(TargetDirectory directory, CancellationToken cancel)
    {
        if (directory.Parent is { } parent)
        {
            await parent.MakeAsync().ConfigureAwait(false);
        }

        // Making is idempotent here: what is there already is as good.
        await Attempts.RepeatAsync(
            call.Engine,
            directory.Path.ToString(),
            async stop =>
            {
                await call.MakeDirectoryAsync(directory.Path, stop).ConfigureAwait(false);
                return true;
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>Runs one item's work and keeps what goes wrong with it, as the options say.</summary>
    private async Task GuardAsync(Func<Task> work, VirtualPath path, TargetDirectory? directory, CancellationToken cancel)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (IOException failure) when (Failure.IsOfAnEnd(failure))
        {
            Failed(ExceptionDispatchInfo.Capture(failure), path);
        }

        if (directory is not null)
        {
            await LeaveAsync(directory, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>One thing less to do in a directory; behind the last its times are set, which every file in it had changed.</summary>
    private async Task LeaveAsync(TargetDirectory directory, CancellationToken cancel)
    {
        for (var left = directory; left is not null && left.Leave(); left = left.Parent)
        {
            try
            {
                await SetAttributesAsync(left, cancel).ConfigureAwait(false);
            }
            catch (IOException failure) when (Failure.IsOfAnEnd(failure))
            {
                Failed(ExceptionDispatchInfo.Capture(failure), left.Path);
            }
        }
    }

    private async Task SetAttributesAsync(TargetDirectory directory, CancellationToken cancel)
    {
        var abilities = call.To.Files.Abilities;
        if (directory.Source is not { } source || !directory.IsMade)
        {
            return;
        }

        var change = new AttributeChange
        {
            Modified = _options.PreserveTimes && abilities.HasFlag(Abilities.Times) && source.Known.HasFlag(EntryFacts.Modified) ? source.Modified : null,
            Mode = _options.PreserveMode && abilities.HasFlag(Abilities.Modes) && source.Known.HasFlag(EntryFacts.Mode) ? source.Mode & PlainModeBits : null,
        };
        if (change == default)
        {
            return;
        }

        await directory.MakeAsync().ConfigureAwait(false);
        try
        {
            await Attempts.RepeatAsync(
                call.Engine,
                directory.Path.ToString(),
                async stop =>
                {
                    await call.To.Files.ChangeAsync(directory.Path, change, LinkHandling.Follow, stop).ConfigureAwait(false);
                    return true;
                },
                cancel).ConfigureAwait(false);
        }
        catch (FileException failure) when (failure.Error == FileError.NotSupported || (failure.Error == FileError.Denied && call.To.Remote is not null))
        {
            // vsftpd sets times of files alone, and what it says of directories sounds like any other refusal. No file is the worse for it.
            Log.NotSet(call.Engine.Logger, directory.Path, failure.Message);
        }
    }

    private void RequireOneCase(TargetDirectory directory, string name, VirtualPath path)
    {
        if (_folds && !(directory.Names ??= new(StringComparer.OrdinalIgnoreCase)).Add(name))
        {
            throw new RemoteException(RemoteError.Conflict, $"{path} and another name differ in case alone, and are one name at the target.")
            {
                Path = path.Value,
            };
        }
    }

    private void Failed(ExceptionDispatchInfo failure, VirtualPath path)
    {
        if (!_options.ContinueOnError || Failure.EndsAll(failure.SourceException))
        {
            failure.Throw();
        }

        Log.Failed(call.Engine.Logger, path, failure.SourceException.Message);
        call.Meter.ItemFailed();
        lock (_failures)
        {
            if (_failures.Count < RemoteException.MostFailures)
            {
                _failures.Add(RemoteFaults.Translate(failure.SourceException, path.Value));
            }
        }
    }

    private void ThrowFailures()
    {
        if (call.Meter.Failed > 0)
        {
            throw new RemoteException(
                RemoteError.Partial,
                FormattableString.Invariant($"{call.Meter.Failed} items were not copied; the first: {_failures[0].Message}"))
            {
                Failures = _failures,
                Path = call.From.Path.Value,
            };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Path}: not copied: {Reason}")]
        public static partial void Failed(ILogger logger, VirtualPath path, string reason);

        [LoggerMessage(LogLevel.Information, "{Path}: left out, since it is {Kind}")]
        public static partial void Special(ILogger logger, VirtualPath path, EntryKind kind);

        [LoggerMessage(LogLevel.Debug, "{Path}: its times and mode cannot be set: {Reason}")]
        public static partial void NotSet(ILogger logger, VirtualPath path, string reason);
    }
}
