using Wharf.Accounts;

namespace Wharf.Server.Accounts;

/// <summary>What a login over SSH must prove, in this order (setting ssh.required-methods).</summary>
/// <param name="Methods">By SSH's names; empty where any one will do.</param>
internal sealed record LoginSequence(IReadOnlyList<string> Methods)
{
    private const string Publickey = "publickey";
    private const string Password = "password";
    private const string Ssh = "sftp";

    /// <summary>Any method.</summary>
    public static LoginSequence Any { get; } = new([]);

    /// <summary>A key.</summary>
    public static LoginSequence Key { get; } = new([Publickey]);

    /// <summary>A key and then the password.</summary>
    public static LoginSequence KeyThenPassword { get; } = new([Publickey, Password]);

    /// <summary>What a login may begin with.</summary>
    public IReadOnlyList<string> First => Methods.Count == 0 ? [Publickey, Password] : [Methods[0]];

    /// <summary>
    /// What is missing behind this proof, which is right: nothing, more (<paramref name="more"/>), or the proof comes at the wrong
    /// time, and why. A password before its key is refused like a wrong one, or it could be guessed without the key.
    /// </summary>
    public string? Refusal(LoginAttempt attempt, out IReadOnlyList<string> more)
    {
        more = [];
        if (attempt.Peer.Protocol != Ssh)
        {
            return Methods.Contains(Publickey) ? "a key is required, which this protocol cannot prove" : null;
        }

        if (Methods.Count == 0)
        {
            return null;
        }

        string[] proven = [.. attempt.Earlier.Append(attempt.Credential).Select(credential => credential is Credential.Password ? Password : Publickey)];
        if (!Methods.Take(proven.Length).SequenceEqual(proven))
        {
            return $"required is {string.Join(" then ", Methods)}";
        }

        more = proven.Length < Methods.Count ? [Methods[proven.Length]] : [];
        return null;
    }
}
