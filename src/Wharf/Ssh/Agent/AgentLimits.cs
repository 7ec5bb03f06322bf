namespace Wharf.Ssh.Agent;

/// <summary>What an agent may send, and how long it may take (security case T22): it is another program, and may be any.</summary>
internal static class AgentLimits
{
    /// <summary>Longest answer, bytes; OpenSSH's bound.</summary>
    public const int MostReplyBytes = 256 * 1024;

    /// <summary>Most keys that are looked at.</summary>
    public const int MostKeys = 256;

    /// <summary>Longest wait for the list of keys.</summary>
    public static readonly TimeSpan List = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for a signature: somebody may have to touch a key or answer a question.</summary>
    public static readonly TimeSpan Sign = TimeSpan.FromSeconds(90);
}
