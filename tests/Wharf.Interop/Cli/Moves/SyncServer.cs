using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>The daemon with every protocol, for all tests of one class. rclone's FTPS resumes no session over several connections, so none is asked for.</summary>
public sealed class SyncServer : IAsyncLifetime
{
    private WharfdProcess? _process;

    public WharfdProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _process = await WharfdProcess.ListenAsync(
        ["ftp://127.0.0.1:0?session-reuse=optional", "sftp://127.0.0.1:0"], "--trusted", "127.0.0.0/8");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
