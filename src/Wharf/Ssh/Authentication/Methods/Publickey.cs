using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication.Methods;

/// <summary>
/// "publickey" (RFC 4252 section 7), and the form that also signs the server's host key. Without a signature it is a question,
/// whose answer is remembered nowhere: a login is a request that brings its own key and its own signature.
/// </summary>
internal sealed class Publickey(string name, bool hostBound) : AuthenticationMethod(name, proves: "publickey", isListed: !hostBound)
{
    public override async ValueTask<MethodOutcome> RunAsync(ServerAuthentication session, UserauthRequest request, CancellationToken cancel)
    {
        var fields = Read(request);
        if (fields.HostKey is { } hostKey && !hostKey.Span.SequenceEqual(session.Transport.ServerHostKey.Bytes.Span))
        {
            // The client speaks to somebody else through us, or we are not who it thinks.
            return new MethodOutcome.Refused("the request is bound to another host key", IsGuess: true);
        }

        using var key = OfferedKey.Read(fields, session.SignatureAlgorithms, out string offence);
        if (key is null)
        {
            return new MethodOutcome.Refused(offence);
        }

        if (fields.Signature is null)
        {
            if (!await session.Accounts.AcceptsKeyAsync(request.User, key.Blob, session.Transport.Peer, cancel).ConfigureAwait(false))
            {
                return new MethodOutcome.Refused($"key not known: {key.Blob.Type} {key.Blob.Fingerprint}");
            }

            session.Transport.Send(new UserauthPkOk(fields.Algorithm, fields.Key));
            return new MethodOutcome.Replied();
        }

        // Verified before anybody looks for the user, so that the time says nothing about who exists (security case T18).
        return PublicKeyProof.Check(session.Transport.SessionId.Span, request, fields, key) is { } proven
            ? new MethodOutcome.Proof(proven)
            : new MethodOutcome.Refused($"wrong signature: {key.Blob.Type} {key.Blob.Fingerprint}", IsGuess: true);
    }

    private PublickeyFields Read(in UserauthRequest request)
    {
        var reader = new WireReader(request.Fields);
        var fields = PublickeyFields.Read(ref reader, hostBound);
        reader.End();
        return fields;
    }
}
