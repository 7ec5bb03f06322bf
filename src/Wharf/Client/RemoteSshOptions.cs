using Wharf.Client.Ssh;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;

namespace Wharf.Client;

/// <summary>SSH, as a source speaks it.</summary>
public sealed record RemoteSshOptions
{
    /// <summary>Files as ssh_config(5) describes them, in the order of their weight; by default those that OpenSSH's programs read. None for none.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = SshConnectOptions.UserConfigFiles;

    /// <summary>Files of known hosts; the first is written to. Null takes the configuration's, else OpenSSH's own.</summary>
    public IReadOnlyList<string>? KnownHostsFiles { get; init; }

    /// <summary>Whether hosts are hashed where they are written.</summary>
    public bool HashesKnownHosts { get; init; }

    /// <summary>Keys to log in with; tried before those of configuration files.</summary>
    public IReadOnlyList<SshIdentity> Identities { get; init; } = [];

    /// <summary>Whether ~/.ssh/id_ed25519 and its like are tried where neither options nor configuration name a key.</summary>
    public bool UsesDefaultIdentities { get; init; } = true;

    /// <summary>Whether keys of the agent (SSH_AUTH_SOCK, or the configuration's IdentityAgent) are tried.</summary>
    public bool UsesAgent { get; init; } = true;

    /// <summary>The passphrase of a key's file, asked for once the server accepts the key; null gives up on it.</summary>
    public Func<PassphraseQuestion, CancellationToken, ValueTask<string?>>? Passphrase { get; init; }

    /// <summary>Answers to questions of keyboard-interactive, one for each prompt; null gives up. Where it is missing, the password answers.</summary>
    public Func<KeyboardQuestion, CancellationToken, ValueTask<IReadOnlyList<string>?>>? Keyboard { get; init; }

    /// <summary>What may be negotiated; null takes the configuration's, else all that is known but SHA-1.</summary>
    public SshAlgorithms? Algorithms { get; init; }

    /// <summary>A silent server is asked so often whether it is still there; zero for never.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);
}
