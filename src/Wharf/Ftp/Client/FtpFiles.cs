using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>
/// An FTP server as a file system. Paths are the server's own, absolute. Each call rents a session for as long as it needs one; a file holds
/// one only while bytes of it are on their way. What a reply does not tell is asked for afterwards: a failure costs a question more, success none.
/// </summary>
/// <param name="pool">Sessions with the server; owned.</param>
/// <param name="clock">Measures how long what was seen counts.</param>
/// <param name="logger">What is worth telling.</param>
internal sealed partial class FtpFiles(SessionPool<FtpClientSession> pool, TimeProvider clock, ILogger logger) : IRemoteFiles
{
    /// <summary>Files worth having under way at once where they follow each other over one data connection.</summary>
    private const int FilesInBlocks = 64;

    /// <summary>Longest time a caller waits for what is removed behind him: he may have gone since the server does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest time a closing waits for the same.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>Removals that go on by themselves.</summary>
    private readonly ConcurrentDictionary<Task, bool> _cleaning = new();

    private RemoteFacts? _facts;

    /// <inheritdoc/>
    public Abilities Abilities { get; private set; } = Abilities.Modes | Abilities.Times;

    /// <summary>What was seen lately.</summary>
    internal KnownEntries Known { get; } = new(clock);

    /// <summary>The clock.</summary>
    internal TimeProvider Clock => clock;

    /// <summary>Names of ours beside files that are not complete yet: they are in no listing.</summary>
    internal ConcurrentDictionary<VirtualPath, bool> Temporary { get; } = new();

    /// <summary>Small files in MODE B.</summary>
    internal BlockChains Chains => field ??= new BlockChains(this, pool);

    /// <summary>Whether somebody waits for a session.</summary>
    internal bool OthersWait => pool.Waiting > 0;

    /// <inheritdoc/>
    public async ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken)
    {
        if (_facts is null)
        {
            var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
            await using var back = lease.ConfigureAwait(false);
        }

        return _facts!;
    }

    /// <inheritdoc/>
    public async ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        return await StatAsync(lease.Session, path, links, cancellationToken, full: true).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken)
    {
        Paths.Check(path);
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        if (path.IsRoot)
        {
            throw new FileException(FileError.Exists, path);
        }

        var reply = await lease.Session.AskAsync("MKD", Paths.Argument(path), cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw await ExplainAsync(lease.Session, reply, path, Expects.Nothing, cancellationToken).ConfigureAwait(false);
        }

        Known.Saw(path, new Entry { Name = path.Name, Kind = EntryKind.Directory, Known = EntryFacts.None });
        Known.SawAll(path);
        if (mode is not null)
        {
            await ChangeAsync(lease.Session, path, new AttributeChange { Mode = mode }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        Paths.Check(path);
        if (path.IsRoot)
        {
            throw new FileException(FileError.IsDirectory, path);
        }

        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        Known.Forget(path);
        var reply = await lease.Session.AskAsync("DELE", Paths.Argument(path), cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw await ExplainAsync(lease.Session, reply, path, Expects.File, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        Paths.Check(path);
        if (path.IsRoot)
        {
            throw new FileException(FileError.Invalid, path);
        }

        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        Known.ForgetBelow(path);
        var reply = await lease.Session.AskAsync("RMD", Paths.Argument(path), cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            throw await ExplainAsync(lease.Session, reply, path, Expects.EmptyDirectory, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken)
    {
        Paths.Check(from);
        Paths.Check(to);
        if (from.IsRoot || to.IsRoot || (to.IsWithin(from) && to != from))
        {
            throw new FileException(FileError.Invalid, from);
        }

        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        Known.ForgetBelow(from);
        Known.ForgetBelow(to);
        _ = await RenameAsync(lease.Session, from, to, replace, [], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken) =>
        throw new FileException(FileError.NotSupported, path);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await WaitAsync(Task.WhenAll(_cleaning.Keys), Farewell).ConfigureAwait(false);
        await pool.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A session for commands that each stand alone: also one over which small files are on their way.</summary>
    internal ValueTask<SessionPool<FtpClientSession>.Lease> RentToAskAsync(CancellationToken cancel) =>
        Chains.ShareOne() is { } shared ? new(shared) : RentAsync(cancel);

    /// <summary>A session; the first one tells what the server is.</summary>
    internal async ValueTask<SessionPool<FtpClientSession>.Lease> RentAsync(CancellationToken cancel)
    {
        var lease = await pool.RentAsync(fresh: false, cancel).ConfigureAwait(false);
        if (_facts is null)
        {
            Meet(lease.Session);
        }

        return lease;
    }

    /// <summary>Renames in one step, over what is there where the caller wants that and the server does it.</summary>
    /// <param name="session">Over which.</param>
    /// <param name="from">What to rename.</param>
    /// <param name="to">The new path.</param>
    /// <param name="replace">Whether something may be there.</param>
    /// <param name="first">What else is done to it, before; the file has its new name all the same where that is refused.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <returns>What was said to each of <paramref name="first"/>.</returns>
    internal async ValueTask<ServerReply[]> RenameAsync(
        FtpClientSession session, VirtualPath from, VirtualPath to, bool replace, IReadOnlyList<PendingCommand> first, CancellationToken cancel)
    {
        if (from == to)
        {
            _ = await StatAsync(session, from, LinkHandling.Self, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from);
            return [];
        }

        // RNTO replaces without a word on most servers, so who must not replace has to look first. There is no other way in FTP.
        if (!replace && await StatAsync(session, to, LinkHandling.Self, cancel).ConfigureAwait(false) is not null)
        {
            _ = await StatAsync(session, from, LinkHandling.Self, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from);
            throw new FileException(FileError.Exists, to);
        }

        Known.Forget(from);
        Known.Forget(to);
        var replies = await session.AskAsync([.. first, new("RNFR", Paths.Argument(from)), new("RNTO", Paths.Argument(to))], cancel).ConfigureAwait(false);
        if (!replies[^2].IsIntermediate)
        {
            throw await ExplainAsync(session, replies[^2], from, Expects.Anything, cancel).ConfigureAwait(false);
        }

        if (!replies[^1].IsSuccess)
        {
            throw await ExplainRenameAsync(session, replies[^1], from, to, cancel).ConfigureAwait(false);
        }

        return replies[..^2];
    }

    /// <summary>Waits shortly for something that cleans up behind a caller, and lets it go on beside.</summary>
    /// <param name="cleaning">Never fails.</param>
    internal async ValueTask CleanAsync(Task cleaning)
    {
        _cleaning.TryAdd(cleaning, true);
        _ = ForgetAsync(cleaning);
        await WaitAsync(cleaning, Patience).ConfigureAwait(false);

        async Task ForgetAsync(Task done)
        {
            await done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _cleaning.TryRemove(done, out _);
        }
    }

    /// <summary>What was written beside a name could not be removed.</summary>
    internal void NoteLeft(VirtualPath path, string why) => Log.Left(logger, FileNames.ForDisplay(path.Value), why);

    /// <summary>The file has its name, but not the attributes it should have; nobody asked for them, or nobody waits any more.</summary>
    internal void Note(VirtualPath path, string what, string said) => Log.Note(logger, FileNames.ForDisplay(path.Value), what, FileNames.ForDisplay(said));

    private async ValueTask WaitAsync(Task cleaning, TimeSpan patience)
    {
        try
        {
            await cleaning.WaitAsync(patience, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on beside.
        }
    }

    private void Meet(FtpClientSession session)
    {
        var facts = session.Features;
        Chains.IsOffered = session.ChainsBlocks;
        var abilities = Abilities.None;
        abilities |= SetsModes(session) ? Abilities.Modes : Abilities.None;
        abilities |= SetsTimes(session) is not null ? Abilities.Times : Abilities.None;
        Abilities = abilities;
        Restarts = facts["REST"] is { } restart && restart.Contains("STREAM", StringComparison.OrdinalIgnoreCase);
        _facts = new RemoteFacts
        {
            Software = session.Software,
            Home = session.Home,
            HashAlgorithms = HashCommands.Algorithms(facts),
            CopiesFiles = facts.HasSite("CPFR") || facts.HasSite("COPY"),
            ParallelFiles = session.ChainsBlocks ? Math.Max(FilesInBlocks, pool.Most * 3) : pool.Most * (session.Behaviour.TakesCommandsAhead ? 3 : 2),
            WritesSegments = false,
            SetsTimes = SetsTimes(session) is not null ? TimeSpan.FromSeconds(1) : null,
        };
        Log.Met(logger, session.Name, FileNames.ForDisplay(session.Software), session.Behaviour.Server);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session}: {Software} is taken for {Server}")]
        public static partial void Met(ILogger logger, string session, string software, string server);

        [LoggerMessage(LogLevel.Warning, "{Path}, the beginning of a file that was given up, may be left there: {Why}")]
        public static partial void Left(ILogger logger, string path, string why);

        [LoggerMessage(LogLevel.Warning, "{Path}: {What}: {Said}")]
        public static partial void Note(ILogger logger, string path, string what, string said);

        [LoggerMessage(LogLevel.Warning, "{Session}: {Count} entries of {Directory} have names that are none, and are left out: {Line}")]
        public static partial void BadNames(ILogger logger, string session, long count, string directory, string line);

        [LoggerMessage(LogLevel.Debug, "{Session}: {Count} lines of {Directory} are not understood: {Line}")]
        public static partial void OddLines(ILogger logger, string session, long count, string directory, string line);

        [LoggerMessage(LogLevel.Debug, "{Session}: times of LIST are {Offset} ahead of UTC")]
        public static partial void Zone(ILogger logger, string session, TimeSpan offset);
    }
}
