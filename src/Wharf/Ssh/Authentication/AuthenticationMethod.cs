using Wharf.Accounts;
using Wharf.Ssh.Messages;

namespace Wharf.Ssh.Authentication;

/// <summary>One row of <see cref="MethodTable"/>: a way to prove who one is. Rows have no state; a session's is in <see cref="ServerAuthentication"/>.</summary>
/// <param name="name">As requested: "publickey".</param>
/// <param name="proves">What it proves, by the names of <see cref="LoginResult.NeedMore"/>: "publickey", "password"; "" for nothing.</param>
/// <param name="isListed">Whether SSH_MSG_USERAUTH_FAILURE names it.</param>
internal abstract class AuthenticationMethod(string name, string proves, bool isListed)
{
    /// <summary>As requested.</summary>
    public string Name { get; } = name;

    /// <summary>What it proves; "" for nothing.</summary>
    public string Proves { get; } = proves;

    /// <summary>Whether SSH_MSG_USERAUTH_FAILURE names it.</summary>
    public bool IsListed { get; } = isListed;

    /// <summary>Looks at a request that names it. Sends questions and answers to questions itself, never success or failure.</summary>
    public abstract ValueTask<MethodOutcome> RunAsync(ServerAuthentication session, UserauthRequest request, CancellationToken cancel);

    /// <summary>Looks at the answer to a question it asked by SSH_MSG_USERAUTH_INFO_REQUEST.</summary>
    public virtual MethodOutcome Answered(ServerAuthentication session, UserauthInfoResponse response) =>
        throw new InvalidOperationException($"{Name} asks no questions.");
}

/// <summary>What a method found in a request.</summary>
internal abstract record MethodOutcome
{
    private MethodOutcome()
    {
    }

    /// <summary>Something to ask the accounts about. Not a login yet.</summary>
    public sealed record Proof(Credential Credential) : MethodOutcome;

    /// <summary>An answer that decides nothing was sent.</summary>
    /// <param name="Awaits">Who gets SSH_MSG_USERAUTH_INFO_RESPONSE; null where none is expected.</param>
    public sealed record Replied(AuthenticationMethod? Awaits = null) : MethodOutcome;

    /// <summary>Refused without asking the accounts.</summary>
    /// <param name="Reason">For the log.</param>
    /// <param name="IsGuess">Whether it counts against the source like a wrong password; a key that was only asked about does not.</param>
    public sealed record Refused(string Reason, bool IsGuess = false) : MethodOutcome;
}
