using System.Security.Cryptography;

namespace Wharf.Ssh.KeyExchange;

/// <summary>
/// diffie-hellman-group*, RFC 4253 section 8 and RFC 8268, in a group both sides know. Slow beside the others and no
/// stronger, so nobody offers it unless a setting names it.
/// </summary>
internal class DiffieHellman(string name, DiffieHellmanGroup group, HashAlgorithmName hash, bool isLegacy = false)
    : KeyExchangeMethod(name, hash)
{
    public override bool IsLegacy => isLegacy;

    public override OfferedBy Default => OfferedBy.None;

    public override ValueForm Values => ValueForm.MpInt;

    public override KeyAgreement Begin(Randomness randomness) => new DiffieHellmanGroup.Key(group, randomness);

    public override KeyAgreed Respond(ReadOnlySpan<byte> clientValue, Randomness randomness)
    {
        using var own = new DiffieHellmanGroup.Key(group, randomness);
        // The peer's value is checked before anything is computed.
        byte[] secret = own.Finish(clientValue);
        return new KeyAgreed(own.Value.ToArray(), secret);
    }
}
