namespace Wharf.Files;

/// <summary>What a server turned out to be and to do, once somebody has connected.</summary>
public sealed record RemoteFacts
{
    /// <summary>What it calls itself: FTP's greeting or SYST, SSH's version; the server's text, not to be shown unescaped.</summary>
    public string Software { get; init; } = "";

    /// <summary>Where a login begins: FTP's PWD, SFTP's REALPATH of ".".</summary>
    public VirtualPath Home { get; init; }

    /// <summary>Names of hashes it can calculate, as in RFC draft-ietf-ftpext2-hash ("SHA-256", "MD5", "CRC32"), best first.</summary>
    public IReadOnlyList<string> HashAlgorithms { get; init; } = [];

    /// <summary>Whether it copies a file by itself (SFTP's copy-data, SITE CPFR).</summary>
    public bool CopiesFiles { get; init; }

    /// <summary>How many files are worth having under way at once: 64 where one connection carries many, else as many as there may be connections.</summary>
    public int ParallelFiles { get; init; } = 1;

    /// <summary>Whether one file is written at several places at once over several connections.</summary>
    public bool WritesSegments { get; init; }

    /// <summary>How exact the times are that can be set; null where none can.</summary>
    public TimeSpan? SetsTimes { get; init; }
}

/// <summary>
/// A server as a file system. <see cref="IFileSystem.Abilities"/> is a guess until something was asked of it, and true after
/// <see cref="FactsAsync"/>. Connects when it must. Besides <see cref="FileException"/> all its calls throw
/// <c>Wharf.Net.ConnectionException</c> where not the file but the way to it failed.
/// </summary>
public interface IRemoteFiles : IFileSystem, IAsyncDisposable
{
    /// <summary>What the server is and does; connects where nobody has.</summary>
    ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken);

    /// <summary>The hash of a range of a file, calculated by the server. Throws NotSupported where it cannot.</summary>
    /// <param name="path">Whose.</param>
    /// <param name="algorithm">One of <see cref="RemoteFacts.HashAlgorithms"/>.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many; <see cref="long.MaxValue"/> for all to the end.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken);

    /// <summary>Copies a file within the server, replacing what is there in one step where it can. Throws NotSupported where it cannot.</summary>
    ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken);
}
