using Wharf.Cli.Syntax;

namespace Wharf.Cli.Connections;

/// <summary>How every verb connects.</summary>
internal static class ConnectionOptions
{
    public static Option<string> Identity { get; } = new("--identity", "FILE", "A private key to log in with.", Values.Name)
    {
        Letters = "i", Repeats = true, Completes = Completion.Here, Group = OptionGroup.Connection,
    };

    public static Option<string> KnownHosts { get; } = new("--known-hosts", "FILE", "Host keys that are believed; new ones are written there. Default: what ~/.ssh/config says, else ~/.ssh/known_hosts.", Values.Name)
    {
        Repeats = true, Completes = Completion.Here, Group = OptionGroup.Connection,
    };

    public static Flag AcceptNew { get; } = new("--accept-new", "Believes unknown host keys and self-signed certificates the first time, and remembers them.") { Group = OptionGroup.Connection };

    public static Flag Insecure { get; } = new("--insecure", "Believes any host key and certificate: no protection against who stands in between.") { Group = OptionGroup.Connection };

    public static Option<string> Fingerprint { get; } = new("--fingerprint", "SHA256:HASH", "Believes only this host key or certificate.", Values.Name)
    {
        Repeats = true, Group = OptionGroup.Connection,
    };

    public static Option<string> Tls { get; } = new(
        "--tls", "none|optional|required",
        "TLS of ftp://: never; where offered, and passwords in clear where not; or not without. Default: where offered, and no password in clear to another machine.",
        Values.OneOf("none", "optional", "required"))
    {
        Completes = Completion.Choice, Choices = ["none", "optional", "required"], Group = OptionGroup.Connection,
    };

    public static Option<string> Ca { get; } = new("--ca", "FILE", "Certificates of authorities that count beside the system's, PEM.", Values.Name)
    {
        Repeats = true, Completes = Completion.Here, Group = OptionGroup.Connection,
    };

    public static Option<string> Cert { get; } = new("--cert", "FILE", "A certificate to show to FTP servers, with its private key, PEM or PKCS#12.", Values.Name)
    {
        Completes = Completion.Here, Group = OptionGroup.Connection,
    };

    public static Flag Active { get; } = new("--active", "Lets the FTP server make the data connections.") { Group = OptionGroup.Connection };

    public static Option<string> Proxy { get; } = new("--proxy", "URL", "A proxy for all connections: socks5://HOST:PORT or http://HOST:PORT.", Values.Name) { Group = OptionGroup.Connection };

    public static Option<TimeSpan> Timeout { get; } = new("--timeout", "SECONDS", "Longest wait for the server, each single time. Default: 15 to connect, 30 else.", Values.Seconds) { Group = OptionGroup.Connection };

    public static Option<long> LimitRate { get; } = new("--limit-rate", "BYTES", "Most bytes a second, such as 500K or 2M, each way.", Values.Bytes) { Group = OptionGroup.Connection };

    public static Option<int> PasswordFd { get; } = new("--password-fd", "N", "Reads the password from this inherited descriptor, its first line.", Values.Count) { Group = OptionGroup.Connection };

    public static Option<string> PasswordEnv { get; } = new("--password-env", "NAME", "Takes the password from this variable of the environment. Default: WHARF_PASSWORD.", Values.Name) { Group = OptionGroup.Connection };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Identity, KnownHosts, AcceptNew, Fingerprint, Insecure, Tls, Ca, Cert, Active, Proxy, Timeout, LimitRate, PasswordFd, PasswordEnv,
    ];
}
