namespace Wharf.Ssh.Configuration;

/// <summary>How large configuration files may be (security case T22).</summary>
internal static class ConfigurationLimits
{
    /// <summary>Largest file, bytes.</summary>
    public const int MostFileBytes = 1024 * 1024;

    /// <summary>Deepest nesting of Include; OpenSSH's number.</summary>
    public const int MostDepth = 16;

    /// <summary>Most files that all Includes of one connection may read.</summary>
    public const int MostFiles = 256;

    /// <summary>Most hosts on the way to another.</summary>
    public const int MostJumps = 8;
}
