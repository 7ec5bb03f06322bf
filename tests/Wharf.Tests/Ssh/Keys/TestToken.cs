using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Wharf.Accounts;
using Wharf.Ssh.Keys;

namespace Wharf.Tests.Ssh.Keys;

/// <summary>A FIDO token of either kind, as OpenSSH's PROTOCOL.u2f has it.</summary>
internal sealed class TestToken : IDisposable
{
    private const string Application = "ssh:";
    private readonly SigningKey _key;

    /// <param name="type">"ssh-ed25519" or "ecdsa-sha2-nistp256".</param>
    public TestToken(string type)
    {
        _key = SigningKey.Generate(type);
        Public = TestKeys.Blob($"sk-{type}@openssh.com", (in w) =>
        {
            w.Raw(_key.Public.Bytes.Span[(4 + type.Length)..]);
            w.Text(Application);
        });
    }

    public PublicKeyBlob Public { get; }

    public byte[] Sign(ReadOnlySpan<byte> data, byte flags, uint counter = 5)
    {
        byte[] signed = [.. SHA256.HashData(Encoding.ASCII.GetBytes(Application)), flags, 0, 0, 0, 0, .. SHA256.HashData(data)];
        BinaryPrimitives.WriteUInt32BigEndian(signed.AsSpan(33), counter);
        string type = _key.Public.Type;
        byte[] body = _key.Sign(type, signed)[(4 + type.Length)..];
        return TestKeys.Bytes((in w) =>
        {
            w.Text(Public.Type);
            w.Raw(body);
            w.Byte(flags);
            w.UInt32(counter);
        });
    }

    public void Dispose() => _key.Dispose();
}
