using System.Security.Cryptography;
using Wharf.Ssh.KeyExchange.MlKem;
using Wharf.Ssh.KeyExchange.Sntrup;

namespace Wharf.Ssh.KeyExchange;

/// <summary>Every key exchange we know, in order of preference.</summary>
internal static class KeyExchangeTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<KeyExchangeMethod> Rows { get; } =
    [
        new HybridWithX25519("mlkem768x25519-sha256", PlatformMlKem768.Best, HashAlgorithmName.SHA256),
        new HybridWithX25519("sntrup761x25519-sha512", new Sntrup761(), HashAlgorithmName.SHA512),
        new HybridWithX25519("sntrup761x25519-sha512@openssh.com", new Sntrup761(), HashAlgorithmName.SHA512),
        new Curve25519("curve25519-sha256"),
        new Curve25519("curve25519-sha256@libssh.org"),
        new EcdhNist("ecdh-sha2-nistp256", NistCurve.P256, HashAlgorithmName.SHA256),
        new EcdhNist("ecdh-sha2-nistp384", NistCurve.P384, HashAlgorithmName.SHA384),
        new EcdhNist("ecdh-sha2-nistp521", NistCurve.P521, HashAlgorithmName.SHA512),
        new DiffieHellman("diffie-hellman-group16-sha512", DiffieHellmanGroup.Group16, HashAlgorithmName.SHA512),
        new DiffieHellman("diffie-hellman-group18-sha512", DiffieHellmanGroup.Group18, HashAlgorithmName.SHA512),
        new DiffieHellman("diffie-hellman-group14-sha256", DiffieHellmanGroup.Group14, HashAlgorithmName.SHA256),
        new GroupExchange("diffie-hellman-group-exchange-sha256", HashAlgorithmName.SHA256),
        // RFC 9142 section 3.2.1 says SHOULD NOT; for the client's sake alone, in networks whose settings name it.
        new DiffieHellman("diffie-hellman-group14-sha1", DiffieHellmanGroup.Group14, HashAlgorithmName.SHA1, isLegacy: true),
    ];

    /// <summary>The row of that name; null where we know none.</summary>
    public static KeyExchangeMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
