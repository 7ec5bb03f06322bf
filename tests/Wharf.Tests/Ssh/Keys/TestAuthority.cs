using Wharf.Accounts;
using Wharf.Ssh.Keys;

namespace Wharf.Tests.Ssh.Keys;

/// <summary>A CA that signs whatever a test asks for, sense or not.</summary>
internal sealed record TestAuthority
{
    private const ulong Forever = ulong.MaxValue;

    private readonly SigningKey _key;

    public TestAuthority(SigningKey key) => _key = key;

    public TestAuthority()
        : this(SigningKey.Generate("ssh-ed25519"))
    {
    }

    public PublicKeyBlob Public => _key.Public;

    public uint Type { get; init; } = 1;

    public IReadOnlyList<string> Principals { get; init; } = ["alice"];

    public ulong ValidAfter { get; init; }

    public ulong ValidBefore { get; init; } = Forever;

    public IReadOnlyList<(string Name, byte[] Data)> CriticalOptions { get; init; } = [];

    public IReadOnlyList<(string Name, byte[] Data)> Extensions { get; init; } = [("permit-pty", [])];

    /// <summary>What stands as the CA's key where that is not the CA's.</summary>
    public PublicKeyBlob? Claimed { get; init; }

    public string? Algorithm { get; init; }

    /// <summary>An option's data that is a text.</summary>
    public static byte[] Text(string value) => TestKeys.Bytes((in w) => w.Text(value));

    /// <summary>The line for authorized_keys.</summary>
    public string Line(string moreOptions = "") => $"cert-authority{moreOptions} {new PublicKeyLine(Public, "the CA")}";

    public PublicKeyBlob Certify(PublicKeyBlob key)
    {
        string type = CertifiedKey.NameOf(key.Type);
        byte[] signed = TestKeys.Bytes((in w) =>
        {
            w.Text(type);
            w.Bytes(new byte[32]);
            w.Raw(key.Bytes.Span[(4 + key.Type.Length)..]);
            w.UInt64(7);
            w.UInt32(Type);
            w.Text("key of a test");
            w.Bytes(TestKeys.Bytes((in list) =>
            {
                foreach (string principal in Principals)
                {
                    list.Text(principal);
                }
            }));
            w.UInt64(ValidAfter);
            w.UInt64(ValidBefore);
            w.Bytes(Options(CriticalOptions));
            w.Bytes(Options(Extensions));
            w.Bytes([]);
            w.Bytes((Claimed ?? _key.Public).Bytes.Span);
        });
        return new PublicKeyBlob(type, TestKeys.Bytes((in w) =>
        {
            w.Raw(signed);
            w.Bytes(_key.Sign(Algorithm ?? _key.SignatureAlgorithms[0], signed));
        }));
    }

    private static byte[] Options(IReadOnlyList<(string Name, byte[] Data)> options) =>
        TestKeys.Bytes((in w) =>
        {
            foreach (var (name, data) in options)
            {
                w.Text(name);
                w.Bytes(data);
            }
        });
}
