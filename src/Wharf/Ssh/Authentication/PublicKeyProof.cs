using Wharf.Accounts;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication;

/// <summary>
/// The only place that makes a <see cref="Credential.ProvenKey"/>: from one request, whose own key signed its own user, service,
/// method and algorithm in this very session. What was asked about before plays no part (security case T15).
/// </summary>
internal static class PublicKeyProof
{
    /// <summary>The proof; null where the signature is not this key's, of these bytes.</summary>
    /// <param name="sessionId">The session's id.</param>
    /// <param name="request">The request.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="key">The key they hold.</param>
    public static Credential.ProvenKey? Check(
        ReadOnlySpan<byte> sessionId, in UserauthRequest request, in PublickeyFields fields, OfferedKey key)
    {
        if (fields.Signature is not { } signature || !key.Blob.Bytes.Span.SequenceEqual(fields.Key.Span))
        {
            return null;
        }

        try
        {
            var check = key.Key.Verify(fields.Algorithm, fields.SignedData(sessionId, request), signature);
            return check.IsValid ? new Credential.ProvenKey(key.Blob, check.UserPresent, check.UserVerified) : null;
        }
        catch (WireException)
        {
            // A signature without form proves as little as a wrong one, and costs the client as much.
            return null;
        }
    }
}
