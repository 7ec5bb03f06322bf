namespace Wharf.Ssh.KnownHosts;

/// <summary>How large files of known hosts may be (security case T22).</summary>
internal static class KnownHostsLimits
{
    /// <summary>Largest file, bytes; each name that is looked for costs a hash for every hashed line of it.</summary>
    public const int MostFileBytes = 8 * 1024 * 1024;

    /// <summary>Longest line, characters; longer ones are left out.</summary>
    public const int MostLineChars = 64 * 1024;

    /// <summary>Bytes of a salt we make, and longest we take; OpenSSH's are as long as SHA-1's hash.</summary>
    public const int SaltBytes = 20;

    /// <inheritdoc cref="SaltBytes"/>
    public const int MostSaltBytes = 64;
}
