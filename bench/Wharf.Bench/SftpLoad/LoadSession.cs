using Wharf.Net;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;

namespace Wharf.Bench.SftpLoad;

/// <summary>One session of our own client: connected and logged in, and with SFTP begun where that is asked.</summary>
internal sealed class LoadSession : IAsyncDisposable
{
    /// <summary>Of every READ and WRITE: what OpenSSH's client asks for too.</summary>
    private const int BlockBytes = 32 * 1024;

    private readonly SshClientSession _ssh;

    private LoadSession(SshClientSession ssh) => _ssh = ssh;

    /// <summary>Only after <see cref="BeginAsync"/>.</summary>
    public SftpClientSession Sftp { get; private set; } = null!;

    /// <summary>
    /// Connects and logs in. The key exchange is named, since the two servers' first choices differ and the bench compares servers;
    /// the host key is whatever the server of this run made for itself.
    /// </summary>
    public static async Task<LoadSession> LogInAsync(INetwork network, SigningKey key, LoadOptions options, CancellationToken cancel)
    {
        var connection = await network.ConnectAsync(options.Server, null, cancel);
        return new(await SshClientSession.ConnectAsync(
            connection,
            new SshClientOptions
            {
                Algorithms = SshAlgorithms.Default with { KeyExchanges = ["curve25519-sha256"], Ciphers = [options.Cipher], Compressions = ["none"] },
                AcceptHostKey = static (_, _) => new(true),
                Identity = new ClientIdentity(options.User) { Keys = [key] },
            },
            TimeProvider.System,
            "load",
            cancel));
    }

    /// <summary>The same with SFTP begun.</summary>
    public static async Task<LoadSession> BeginAsync(INetwork network, SigningKey key, LoadOptions options, CancellationToken cancel)
    {
        var session = await LogInAsync(network, key, options, cancel);
        try
        {
            await session._ssh.OpenSubsystemAsync("sftp", channel => session.Sftp = new SftpClientSession(channel), cancel);
            await session.Sftp.InitAsync(cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// limits@openssh.com (OpenSSH's PROTOCOL section 4.8), as OpenSSH's own client asks at the start of every session: ours lists in
    /// longer messages from then on.
    /// </summary>
    public Task AskLimitsAsync() => Sftp.AskAsync(static id => new Limits(id, "limits@openssh.com"u8.ToArray()));

    /// <summary>Reads from the start of a file and drops what comes.</summary>
    public async Task GetAsync(string path, long bytes, int inFlight)
    {
        var handle = await Sftp.OpenAsync(path, OpenFlags.Read);
        var got = await Sftp.ReadAsync(handle, 0, bytes, BlockBytes, inFlight, take: null);
        if (got != bytes)
        {
            throw new IOException($"{got} bytes came of {bytes}.");
        }

        await Sftp.CloseAsync(handle);
    }

    /// <summary>Writes a new file, the same bytes over and over.</summary>
    public async Task PutAsync(string path, long bytes, int inFlight, ReadOnlyMemory<byte> source)
    {
        var handle = await Sftp.OpenAsync(path, OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate);
        await Sftp.WriteAsync(
            handle, 0, bytes, BlockBytes, inFlight,
            (at, into) => source.Span.Slice((int)(at % source.Length), into.Length).CopyTo(into.Span));
        await Sftp.CloseAsync(handle);
    }

    public ValueTask DisposeAsync() => _ssh.DisposeAsync();
}
