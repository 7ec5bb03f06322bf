using Wharf.Accounts;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication;

/// <summary>The key of one request: of a kind we know, within our limits, and fit for the algorithm that the request names.</summary>
internal sealed class OfferedKey : IDisposable
{
    private OfferedKey(PublicKeyBlob blob, PublicKey key)
    {
        Blob = blob;
        Key = key;
    }

    /// <summary>Its bytes, copied from the request.</summary>
    public PublicKeyBlob Blob { get; }

    /// <summary>What checks signatures.</summary>
    public PublicKey Key { get; }

    /// <summary>Reads it; null, and why for the log, where it cannot be used. What a client happens to have in its agent breaks no rule.</summary>
    /// <param name="fields">Of the request.</param>
    /// <param name="allowed">Signature algorithms that may be used.</param>
    /// <param name="offence">Holds no text of the client.</param>
    public static OfferedKey? Read(in PublickeyFields fields, IReadOnlyList<string> allowed, out string offence)
    {
        offence = "the signature algorithm is not allowed";
        if (!allowed.Contains(fields.Algorithm))
        {
            return null;
        }

        PublicKeyBlob blob;
        PublicKey? key;
        try
        {
            byte[] bytes = fields.Key.ToArray();
            blob = new PublicKeyBlob(new WireReader(bytes).Text(), bytes);
            key = PublicKey.Parse(blob);
        }
        catch (WireException broken)
        {
            offence = $"the key is broken: {broken.Message}";
            return null;
        }

        offence = "the kind of key is not known";
        if (key is null)
        {
            return null;
        }

        // Otherwise a key could be used with an algorithm its owner never meant (security case T15).
        offence = "the signature algorithm does not go with the key";
        if (!key.SignatureAlgorithms.Contains(fields.Algorithm))
        {
            key.Dispose();
            return null;
        }

        offence = "";
        return new OfferedKey(blob, key);
    }

    public void Dispose() => Key.Dispose();
}
