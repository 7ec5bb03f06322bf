using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication.Methods;

/// <summary>
/// "keyboard-interactive" (RFC 4256): one question, the password, for known and unknown users alike. Clients that are told to
/// ask their user for everything know no other way.
/// </summary>
internal sealed class KeyboardInteractive() : AuthenticationMethod("keyboard-interactive", proves: "password", isListed: true)
{
    private static readonly KeyboardPrompt[] Prompts = [new("Password: ", Echo: false)];

    public override ValueTask<MethodOutcome> RunAsync(ServerAuthentication session, UserauthRequest request, CancellationToken cancel)
    {
        var reader = new WireReader(request.Fields);
        KeyboardInteractiveFields.Read(ref reader);
        reader.End();
        session.Transport.Send(new UserauthInfoRequest("", "", "", Prompts));
        return new(new MethodOutcome.Replied(Awaits: this));
    }

    public override MethodOutcome Answered(ServerAuthentication session, UserauthInfoResponse response) =>
        // RFC 4256 section 3.4: not as many answers as questions is a failure.
        response.Answers.Count != Prompts.Length ? new MethodOutcome.Refused("not as many answers as questions", IsGuess: true)
        : !Fits(response.Answers[0], session.Limits.PasswordBytes) ? new MethodOutcome.Refused("the password is too long", IsGuess: true)
        : new MethodOutcome.Proof(new Credential.Password(response.Answers[0]));

    private static bool Fits(string password, int mostBytes) => password.Length <= mostBytes && FileNames.Encode(password).Length <= mostBytes;
}
