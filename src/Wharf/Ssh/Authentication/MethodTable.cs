using Wharf.Ssh.Authentication.Methods;

namespace Wharf.Ssh.Authentication;

/// <summary>Every way to log in, in the order the client is told.</summary>
internal static class MethodTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<AuthenticationMethod> Rows { get; } =
    [
        new None(),
        new Publickey("publickey", hostBound: false),
        new Publickey("publickey-hostbound-v00@openssh.com", hostBound: true),
        new Password(),
        new KeyboardInteractive(),
    ];

    /// <summary>What the rows prove.</summary>
    public static IReadOnlyList<string> Proofs { get; } = [.. Rows.Select(row => row.Proves).Where(proves => proves.Length > 0).Distinct()];

    /// <summary>The row of that name; null where there is none.</summary>
    public static AuthenticationMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
