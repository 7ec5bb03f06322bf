namespace Wharf.Interop.Support;

/// <summary>One daemon for all tests of a class; each test works at a <see cref="Desk"/> of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private WharfdProcess? _process;

    public WharfdProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _process = await WharfdProcess.StartAsync("--trusted", "127.0.0.0/8", "--trusted", "::1/128");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
