namespace Wharf.Ssh.Ciphers;

/// <summary>Every cipher we know, in order of preference.</summary>
internal static class CipherTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<CipherMethod> Rows { get; } = [];

    /// <summary>The row of that name; null where we know none.</summary>
    public static CipherMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
