using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <summary>
/// An SFTP server as a file system: each call rents a session, which many share, and what the server refuses becomes a
/// <see cref="FileException"/> with its words. This part asks what is there; the others open files and change names.
/// </summary>
/// <param name="pool">Owned. One session serves <see cref="SharesOfSession"/> renters: a file is one, each call is one while it runs.</param>
/// <param name="clock">Bounds how long a disposal waits.</param>
/// <param name="logger">Where what servers do wrong is told.</param>
internal sealed partial class SftpFiles(SessionPool<SftpClientSession> pool, TimeProvider clock, ILogger logger) : IRemoteFiles
{
    /// <summary>How many files are worth having under way at once on one connection.</summary>
    public const int FilesAtOnce = 64;

    /// <summary>Renters of one session: every file under way may hold two ends of a copy and ask something, and none waits for another.</summary>
    public const int SharesOfSession = 4 * FilesAtOnce;

    /// <summary>READDIRs in flight.</summary>
    private const int ListingsInFlight = 4;

    private static readonly byte[] _space = [.. "statvfs@openssh.com"u8];

    /// <summary>Hashes of check-file (draft-ietf-secsh-filexfer-extensions-00 section 3), by the names of HASH, best first.</summary>
    private static readonly (string Name, string OnWire, int Bytes)[] _hashes =
    [
        ("SHA-256", "sha256", 32),
        ("SHA-512", "sha512", 64),
        ("SHA-384", "sha384", 48),
        ("SHA-1", "sha1", 20),
        ("MD5", "md5", 16),
    ];

    private Abilities _abilities =
        Abilities.RandomWrites | Abilities.SymbolicLinks | Abilities.HardLinks | Abilities.Modes | Abilities.Owners | Abilities.Times;

    private RemoteFacts? _facts;

    /// <inheritdoc/>
    public Abilities Abilities => _abilities;

    /// <inheritdoc/>
    public async ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken)
    {
        if (_facts is { } known)
        {
            return known;
        }

        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var session = lease.Session;
        var home = VirtualPath.Parse(await RealPathAsync(session, ".", VirtualPath.Root, cancellationToken).ConfigureAwait(false));
        if (!session.Offer.HardLink)
        {
            _abilities &= ~Abilities.HardLinks;
        }

        return _facts = new RemoteFacts
        {
            Software = session.Software,
            Home = home,
            HashAlgorithms = session.Offer.CheckFile ? [.. _hashes.Select(hash => hash.Name)] : [],
            CopiesFiles = session.Offer.CopyData,
            ParallelFiles = FilesAtOnce,
            WritesSegments = true,
            SetsTimes = SftpEntries.TimePrecision,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        try
        {
            return await StatAsync(lease.Session, path, links, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, path);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Entry> ListAsync(
        VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var pages = lease.Session.ReadDirectoryAsync(Bytes(directory), ListingsInFlight, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var closing = pages.ConfigureAwait(false);
        bool badNames = false;
        var owners = new LongNameReader();
        while (true)
        {
            try
            {
                if (!await pages.MoveNextAsync().ConfigureAwait(false))
                {
                    // Behind all other entries: whoever copies or removes by them must know that there is more.
                    if (badNames)
                    {
                        throw new FileException(FileError.BadName, directory);
                    }

                    yield break;
                }
            }
            catch (SftpStatusException failed)
            {
                throw await ExplainAsync(lease.Session, failed, directory, Expected.Directory, cancellationToken).ConfigureAwait(false);
            }

            foreach (var one in pages.Current)
            {
                string name = FileNames.Decode(one.Name.Span);
                if (name is "." or "..")
                {
                    continue;
                }

                // A name that is a path would be written elsewhere by whoever believes it (OpenSSH 1b39f3965).
                if (name.Length == 0 || name.AsSpan().IndexOfAny('/', '\0') >= 0)
                {
                    Log.Dropped(logger, directory, FileNames.ForDisplay(name));
                    badNames = true;
                    continue;
                }

                yield return SftpEntries.Of(name, one.Attributes, owners.Of(one.LongName.Span));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        const ulong ReadOnly = 1;
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var session = lease.Session;
        if (!session.Offer.Space)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        byte[] name = Bytes(path);
        try
        {
            var space = await session.AskAsync<ExtendedText, SpaceReply>(id => new ExtendedText(id, _space, name), cancellationToken).ConfigureAwait(false);
            return new Space(
                Product(space.Blocks, space.FragmentBytes),
                Product(space.FreeBlocks, space.FragmentBytes),
                Product(space.AvailableBlocks, space.FragmentBytes),
                (int)Math.Min(space.FragmentBytes, int.MaxValue),
                (long)Math.Min(space.Entries, long.MaxValue),
                (long)Math.Min(space.AvailableEntries, long.MaxValue),
                (int)Math.Min(space.MaxNameBytes, int.MaxValue),
                space.FileSystem,
                (space.Flags & ReadOnly) != 0);
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.Anything, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await pool.DisposeAsync().ConfigureAwait(false);

    private static byte[] Bytes(VirtualPath path) => FileNames.Encode(path.Value);

    private static long Product(ulong blocks, ulong unit) => (long)UInt128.Min((UInt128)blocks * unit, long.MaxValue);

    /// <summary>What is there; null where the server says there is nothing.</summary>
    private static async ValueTask<Entry?> StatAsync(SftpClientSession session, VirtualPath path, LinkHandling links, CancellationToken cancel)
    {
        byte[] name = Bytes(path);
        var asking = links == LinkHandling.Follow
            ? session.AskAsync(id => new Stat(id, name), cancel)
            : session.AskAsync(id => new LinkStat(id, name), cancel);
        return await EntryAsync(session, path, asking).ConfigureAwait(false);
    }

    private static async ValueTask<Entry?> EntryAsync(SftpClientSession session, VirtualPath path, Task<ReadOnlyMemory<byte>> asking)
    {
        try
        {
            return SftpEntries.Of(path.Name, session.Parse<AttributesReply<Attributes>>(await asking.ConfigureAwait(false)).Attributes);
        }
        catch (SftpStatusException nothing) when (SftpErrors.Of(nothing) is FileError.NotFound or FileError.NotDirectory)
        {
            return null;
        }
    }

    /// <summary>The one name of a NAME reply: REALPATH's and READLINK's.</summary>
    private static string OneName(SftpClientSession session, ReadOnlyMemory<byte> reply)
    {
        var entries = session.Parse<Name>(reply).Entries;
        return entries.Length == 1 ? FileNames.Decode(entries[0].Name.Span) : throw session.Broken($"The server answered with {entries.Length} names where one was due.");
    }

    private static async ValueTask<string> RealPathAsync(SftpClientSession session, string text, VirtualPath about, CancellationToken cancel)
    {
        byte[] name = FileNames.Encode(text);
        try
        {
            string path = OneName(session, await session.AskAsync(id => new RealPath(id, name), cancel).ConfigureAwait(false));

            // Servers of Windows say "C:/x" or "/C:/x": both mean the same to them.
            return path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) ? path : throw session.Broken("The server answered REALPATH with no path.");
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, about);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Directory} was listed with the name \"{Name}\", which no file can have: left out")]
        public static partial void Dropped(ILogger logger, VirtualPath directory, string name);

        [LoggerMessage(LogLevel.Warning, "{Path} could not be removed: {Reason}")]
        public static partial void LeftBehind(ILogger logger, string path, string reason);

        [LoggerMessage(LogLevel.Debug, "{Path}, which a lost connection may have left, was not removed: {Reason}")]
        public static partial void NotThere(ILogger logger, string path, string reason);
    }
}
