using Wharf.Net;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Client.Ssh;

/// <summary>A private key in a file of this machine.</summary>
/// <param name="Path">OpenSSH's format, PEM, or PuTTY's; "~/" is the home.</param>
public sealed record SshIdentity(string Path)
{
    /// <summary>The certificate that goes with it; null takes "Path-cert.pub" where that is there.</summary>
    public string? Certificate { get; init; }
}

/// <summary>A passphrase is needed.</summary>
/// <param name="Path">The key's file.</param>
/// <param name="Try">Which try it is, from 1: the second comes after the first was wrong.</param>
public sealed record PassphraseQuestion(string Path, int Try);

/// <summary>Where to connect by SSH, whom to trust and how to log in.</summary>
public sealed record SshConnectOptions
{
    /// <summary>A name or an address, or a name that a configuration file knows.</summary>
    public required string Host { get; init; }

    /// <summary>Null takes the configuration's, else 22.</summary>
    public int? Port { get; init; }

    /// <summary>Null takes the configuration's, else the name of this process's user.</summary>
    public string? User { get; init; }

    /// <summary>The password, asked for when it is needed; the number says which try it is, from 1. Null, or an answer of null: none.</summary>
    public Func<int, CancellationToken, ValueTask<string?>>? Password { get; init; }

    /// <summary>Answers to questions of keyboard-interactive, one for each prompt; null gives up. Where it is missing, the password answers.</summary>
    public Func<KeyboardQuestion, CancellationToken, ValueTask<IReadOnlyList<string>?>>? Keyboard { get; init; }

    /// <summary>Keys to log in with; tried before those of configuration files.</summary>
    public IReadOnlyList<SshIdentity> Identities { get; init; } = [];

    /// <summary>Keys that are at hand; tried first. Lent.</summary>
    public IReadOnlyList<Wharf.Ssh.Keys.SigningKey> Keys { get; init; } = [];

    /// <summary>Whether ~/.ssh/id_ed25519 and its like are tried where neither options nor configuration name a key.</summary>
    public bool UsesDefaultIdentities { get; init; } = true;

    /// <summary>The passphrase of a key's file, asked for once the server accepts the key; null gives up on it.</summary>
    public Func<PassphraseQuestion, CancellationToken, ValueTask<string?>>? Passphrase { get; init; }

    /// <summary>Whether keys of the agent (SSH_AUTH_SOCK, or the configuration's IdentityAgent) are tried.</summary>
    public bool UsesAgent { get; init; } = true;

    /// <summary>Files as ssh_config(5) describes them, in the order of their weight; none reads none. See <see cref="UserConfigFiles"/>.</summary>
    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>What OpenSSH's programs read.</summary>
    public static IReadOnlyList<string> UserConfigFiles { get; } = ["~/.ssh/config", "/etc/ssh/ssh_config"];

    /// <summary>Files of known hosts; the first is written to. Null takes the configuration's, else OpenSSH's own.</summary>
    public IReadOnlyList<string>? KnownHostsFiles { get; init; }

    /// <summary>Whether hosts are hashed where they are written; always where the file's last line is.</summary>
    public bool HashesKnownHosts { get; init; }

    /// <summary>Decides about a host whose key no file knows; without it such a host is refused. A changed key is refused always.</summary>
    public Func<HostKeyQuestion, CancellationToken, ValueTask<HostKeyAnswer>>? HostKeyDecision { get; init; }

    /// <summary>Hosts on the way, "[user@]host[:port]" between commas; each has its own host key and login. Null takes the configuration's, "none" goes directly.</summary>
    public string? ProxyJump { get; init; }

    /// <summary>A command whose standard input and output are the connection; %h, %p and %r stand for host, port and user. Null takes the configuration's.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>Changes the options for a host on the way. It is given them with that host's name and without password and keyboard, which are not meant for it.</summary>
    public Func<SshConnectOptions, SshConnectOptions>? ForJump { get; init; }

    /// <summary>What may be negotiated; null takes the configuration's, else all that is known but SHA-1.</summary>
    public SshAlgorithms? Algorithms { get; init; }

    /// <summary>Gets a server's banner. Its text is the server's: not to be shown unescaped.</summary>
    public Action<string>? Banner { get; init; }

    /// <summary>A silent server is asked so often whether it is still there; zero for never. The configuration's ServerAliveInterval comes first.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Questions without an answer after which the connection is lost.</summary>
    public int KeepAliveTries { get; init; } = 3;

    /// <summary>How long things may take.</summary>
    public ClientTimeouts Timeouts { get; init; } = new();

    /// <summary>Bounds of the connection.</summary>
    public SshLimits Limits { get; init; } = new();

    /// <summary>Keeps what it knows out of logs.</summary>
    public override string ToString() => nameof(SshConnectOptions);
}
