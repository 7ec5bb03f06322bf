namespace Wharf.Ssh.Macs;

/// <summary>Every MAC we know, in order of preference; no SHA-1 (RFC 6668 section 2 for the rest).</summary>
internal static class MacTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<MacMethod> Rows { get; } =
    [
        new("hmac-sha2-256-etm@openssh.com", "SHA256", 32, 32, true),
        new("hmac-sha2-512-etm@openssh.com", "SHA512", 64, 64, true),
        new("hmac-sha2-256", "SHA256", 32, 32, false),
        new("hmac-sha2-512", "SHA512", 64, 64, false),
    ];

    /// <summary>The row of that name; null where we know none.</summary>
    public static MacMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
