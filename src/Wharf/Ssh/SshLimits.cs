namespace Wharf.Ssh;

/// <summary>Bounds of one SSH connection. All times are monotonic.</summary>
public sealed record SshLimits
{
    /// <summary>Longest silence of a client that is logged in; zero for no bound. TCP's keep-alive finds those that are gone.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.Zero;

    /// <summary>Bytes of one direction after which new keys are agreed (RFC 4253 section 9, RFC 4344 section 3.2).</summary>
    public long RekeyBytes { get; init; } = 1L << 32;

    /// <summary>Time after which new keys are agreed; zero for no bound.</summary>
    public TimeSpan RekeyTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest time a key exchange may take, the peer's answers included.</summary>
    public TimeSpan ExchangeTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest packet_length that is accepted, bytes (RFC 4253 section 6.1 asks for 35000; OpenSSH takes 256 KiB).</summary>
    public int PacketBytes { get; init; } = 256 * 1024 + 1024;

    /// <summary>Most data bytes of one CHANNEL_DATA that we ask for.</summary>
    public int MaxPacketBytes { get; init; } = 256 * 1024;

    /// <summary>Most channels open at once in one connection (OpenSSH: MaxSessions 10).</summary>
    public int Channels { get; init; } = 64;

    /// <summary>A channel's window when it opens, bytes.</summary>
    public int WindowBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>What a channel's window may grow to while its reader keeps up, bytes.</summary>
    public int MaxWindowBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>What all windows together may grow to, bytes; beyond it windows stay as they are.</summary>
    public long AllWindowsBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of answers waiting to be sent (to pings, requests, opens) beyond which no more of the peer's packets are read. Channel data has its windows.</summary>
    public int UnsentBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Longest wait of an ending session for its last words to be taken.</summary>
    public TimeSpan LastWords { get; init; } = TimeSpan.FromSeconds(2);
}
