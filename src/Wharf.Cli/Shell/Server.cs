using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell;

/// <summary>
/// The server that a shell has open and the directory it is in, which is kept here: SFTP has none, and of FTP's sessions each would have its own.
/// </summary>
/// <param name="source">Owned by the sources of the shell.</param>
/// <param name="start">Where a login begins.</param>
/// <param name="directory">Where to be.</param>
internal sealed class Server(RemoteSource source, string start, string directory)
{
    /// <summary>Where it is.</summary>
    public RemoteSource Source => source;

    /// <summary>Where a login begins: cd alone leads there, and ~.</summary>
    public string Start { get; } = start;

    /// <summary>The directory, absolute.</summary>
    public string Directory { get; private set; } = directory;

    /// <summary>The one before: "cd -".</summary>
    public string Previous { get; private set; } = directory;

    /// <summary>Whether it speaks SFTP.</summary>
    public bool IsSftp => source.Url.Scheme == RemoteScheme.Sftp;

    /// <summary>Whether it speaks FTP, with or without TLS.</summary>
    public bool IsFtp => IsFtpAt(source.Url);

    /// <summary>Who and where, for the prompt: "user@host".</summary>
    public string Name => FileNames.ForDisplay(source.Url switch
    {
        { IsRemote: false } url => url.SchemeName + ":",
        { User: { } user } url => $"{user}@{url.Host}",
        var url => url.Host,
    });

    /// <summary>Whether a URL is of FTP.</summary>
    public static bool IsFtpAt(RemoteUrl url) => url.Scheme is RemoteScheme.Ftp or RemoteScheme.Ftpes or RemoteScheme.Ftps;

    /// <summary>Goes there.</summary>
    public void Enter(string directory) => (Previous, Directory) = (Directory, directory);

    /// <summary>The absolute form of a path as seen from a directory; a pattern stays one.</summary>
    public string Absolute(string pattern, string directory)
    {
        if (pattern is "~" || pattern.StartsWith("~/", StringComparison.Ordinal))
        {
            pattern = Places.PathPattern.Escape(Start) + pattern[1..];
        }

        return pattern.StartsWith('/') ? pattern
            : pattern.Length == 0 || pattern is "." or "./" ? Places.PathPattern.Escape(directory) + (pattern.EndsWith('/') ? "/" : "")
            : Places.Place.Join(Places.PathPattern.Escape(directory), pattern);
    }
}
