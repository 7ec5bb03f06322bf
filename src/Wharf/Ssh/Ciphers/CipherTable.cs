namespace Wharf.Ssh.Ciphers;

/// <summary>Every cipher we know, in order of preference.</summary>
internal static class CipherTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<CipherMethod> Rows { get; } =
    [
        new AesGcm(128),
        new AesGcm(256),
        new ChaCha20Poly1305(),
        new AesCtr(128),
        new AesCtr(192),
        new AesCtr(256),
    ];

    /// <summary>The row of that name; null where we know none.</summary>
    public static CipherMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
