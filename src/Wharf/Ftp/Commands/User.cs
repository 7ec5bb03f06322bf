namespace Wharf.Ftp.Commands;

/// <summary>USER, RFC 959 section 4.1.1. The answer is the same for every name: whether it exists shows nowhere.</summary>
internal sealed class User() : FtpCommand("USER", Argument.Required, Needs.Nothing)
{
    /// <summary>Longest name, characters; longer ones cannot be accounts and would only fill logs.</summary>
    private const int MaxLength = 256;

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (argument.Length > MaxLength)
        {
            return new(Reply.BadArgument($"The name is too long."));
        }

        if (session.IsLoggedIn)
        {
            // RFC 959 lets a server take a new USER as a new login; that mixes two users' state, so REIN must come between.
            return new(session.Login.Name == argument
                ? new Reply(230, $"Logged in already.")
                : new Reply(530, $"Logged in already; REIN starts anew."));
        }

        session.State.User = argument;
        return new(new Reply(331, $"The password, please."));
    }
}
