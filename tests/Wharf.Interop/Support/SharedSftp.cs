namespace Wharf.Interop.Support;

/// <summary>One daemon with SFTP for all tests of a class; each test works at a <see cref="Desk"/> of its own.</summary>
public sealed class SharedSftp(Keyring keys) : IAsyncLifetime
{
    private WharfdProcess? _process;

    public WharfdProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    public Keyring Keys => keys;

    /// <summary>A login at it.</summary>
    internal SshLogin Login(Proof proof = Proof.Password) => Process.Login(proof, keys);

    public async ValueTask InitializeAsync() => _process = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
