using Wharf.Accounts;

namespace Wharf.Ssh.Authentication;

/// <summary>What the transport does after a message of the authentication protocol was handled; answers were sent already.</summary>
internal abstract record AuthenticationStep
{
    private AuthenticationStep()
    {
    }

    /// <summary>The next message, please.</summary>
    public sealed record GoOn : AuthenticationStep
    {
        /// <summary>The only one.</summary>
        public static GoOn Instance { get; } = new();
    }

    /// <summary>No such message is expected now: the transport answers SSH_MSG_UNIMPLEMENTED (RFC 4253 section 11.4).</summary>
    public sealed record Unimplemented : AuthenticationStep
    {
        /// <summary>The only one.</summary>
        public static Unimplemented Instance { get; } = new();
    }

    /// <summary>
    /// Server: SSH_MSG_USERAUTH_SUCCESS was sent, delayed compression begins behind it, and from now on messages 50 to 79 are
    /// ignored (RFC 4252 section 5.1).
    /// </summary>
    /// <param name="Login">Who it is.</param>
    public sealed record LoggedIn(Login Login) : AuthenticationStep;

    /// <summary>Client: SSH_MSG_USERAUTH_SUCCESS was received; delayed compression begins behind it.</summary>
    public sealed record Succeeded : AuthenticationStep
    {
        /// <summary>The only one.</summary>
        public static Succeeded Instance { get; } = new();
    }

    /// <summary>The session ends with SSH_MSG_DISCONNECT.</summary>
    /// <param name="Reason">The reason code of RFC 4253 section 11.1.</param>
    /// <param name="Words">For the peer and the log; nothing of the peer's own text.</param>
    public sealed record End(uint Reason, string Words) : AuthenticationStep
    {
        /// <summary>Server: nothing was broken, but the tries are used up.</summary>
        public bool IsOutOfTries { get; init; }
    }
}
