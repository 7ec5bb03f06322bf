using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication.Methods;

/// <summary>"password" (RFC 4252 section 8). A change is never asked for; one that is sent is refused unseen.</summary>
internal sealed class Password() : AuthenticationMethod("password", proves: "password", isListed: true)
{
    public override ValueTask<MethodOutcome> RunAsync(ServerAuthentication session, UserauthRequest request, CancellationToken cancel)
    {
        var reader = new WireReader(request.Fields);
        var fields = PasswordFields.Read(ref reader);
        reader.End();
        return new(
            fields.NewPassword is not null ? new MethodOutcome.Refused("passwords are not changed here", IsGuess: true)
            : fields.Password.Length > session.Limits.PasswordBytes ? new MethodOutcome.Refused("the password is too long", IsGuess: true)
            : new MethodOutcome.Proof(new Credential.Password(FileNames.Decode(fields.Password.Span))));
    }
}
