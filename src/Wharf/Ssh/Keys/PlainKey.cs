using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A public key alone, without a certificate.</summary>
internal abstract class PlainKey : PublicKey
{
    public override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature)
    {
        // RSA keys have the type "ssh-rsa" and no algorithm of that name: it would be SHA-1 (RFC 8332 section 1).
        if (!SignatureAlgorithms.Contains(algorithm))
        {
            return SignatureCheck.Wrong;
        }

        var reader = new WireReader(signature);
        return reader.Text() == algorithm ? Verify(algorithm, data, ref reader) : SignatureCheck.Wrong;
    }

    /// <summary>Checks what stands behind the algorithm's name; reads all of it.</summary>
    protected abstract SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ref WireReader signature);
}
