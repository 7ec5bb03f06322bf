using Wharf.Bench.Peers;

namespace Wharf.Interop.Remote.Servers;

/// <summary>A server that runs: where it is, who logs in, and where its files are on this disk.</summary>
internal sealed class RemoteServer(RemoteKind kind, IAsyncDisposable process) : IAsyncDisposable
{
    public RemoteKind Kind => kind;

    /// <summary>Its port on 127.0.0.1.</summary>
    public required int Port { get; init; }

    public required string User { get; init; }

    public required string Password { get; init; }

    /// <summary>The folder for tests, on disk.</summary>
    public required string Root { get; init; }

    /// <summary>Where the places of clients are made: beside, not below, what the server serves.</summary>
    public required string Clients { get; init; }

    /// <summary>What clients call that folder: "" where it is their "/", else its whole path.</summary>
    public required string Base { get; init; }

    /// <summary>Who owns what tests put there, as chown(1) wants it; null where the server may do all that we may.</summary>
    public string? Owner { get; init; }

    /// <summary>Its host keys, as OpenSSH's known_hosts; "" for FTP.</summary>
    public string KnownHosts { get; init; } = "";

    /// <summary>The private key that logs in over SSH; "" where only the password does.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>The certificate that clients of FTPS shall believe, PEM.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>The address of a path below the folder for tests, without a password; "ftp" stands for "ftpes" too, which only we know.</summary>
    public string Url(string path, string host = "127.0.0.1") =>
        // Twice the slash is an absolute path of FTP (RFC 1738 section 3.2.2); for SFTP every path is one.
        $"{(kind.IsSftp() ? "sftp" : "ftp")}://{User}@{host}:{Port}{Base}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>Gives what a test has put there to the user whose session the server runs.</summary>
    public void Own(string path)
    {
        if (Owner is not null)
        {
            var (code, _, errors) = Command.Run("/", "chown", "-hR", "--", Owner, path);
            Assert.True(code == 0, errors);
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
