namespace Wharf.Ssh.KeyExchange;

/// <summary>Every key exchange we know, in order of preference.</summary>
internal static class KeyExchangeTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<KeyExchangeMethod> Rows { get; } = [];

    /// <summary>The row of that name; null where we know none.</summary>
    public static KeyExchangeMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
