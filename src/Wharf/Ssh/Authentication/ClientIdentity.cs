using Wharf.Ssh.Messages;

namespace Wharf.Ssh.Authentication;

/// <summary>Who logs in, and by what. Keys are tried first, then keyboard-interactive, then the password.</summary>
/// <param name="User">The account's name.</param>
internal sealed record ClientIdentity(string User)
{
    /// <summary>In the order they are tried. Lent.</summary>
    public IReadOnlyList<LoginKey> Keys { get; init; } = [];

    /// <summary>Which methods may be used, in the order of preference (OpenSSH's PreferredAuthentications); others are left out.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["publickey", "keyboard-interactive", "password"];

    /// <summary>Most passwords, and most rounds of questions, on one connection, whatever the server answers: OpenSSH's NumberOfPasswordPrompts.</summary>
    public int PasswordTries { get; init; } = 3;

    /// <summary>
    /// The password, asked for when it is needed; null gives up on this method. The number says which try it is, from 1: the
    /// second comes after the first was wrong.
    /// </summary>
    public Func<int, CancellationToken, ValueTask<string?>>? Password { get; init; }

    /// <summary>Answers to a keyboard-interactive question, one for each prompt; null to give up on this method.</summary>
    public Func<KeyboardQuestion, CancellationToken, ValueTask<IReadOnlyList<string>?>>? Keyboard { get; init; }

    /// <summary>Gets the server's banner; null where nobody wants it. Its text is the server's: not to be shown unescaped.</summary>
    public Action<string>? Banner { get; init; }

    /// <summary>Keeps what proves it out of logs.</summary>
    public override string ToString() => nameof(ClientIdentity);
}

/// <summary>A question of keyboard-interactive (RFC 4256 section 3.2). All texts are the server's.</summary>
/// <param name="Name">A heading, mostly empty.</param>
/// <param name="Instruction">A text, mostly empty.</param>
/// <param name="Prompts">May be empty.</param>
public sealed record KeyboardQuestion(string Name, string Instruction, IReadOnlyList<KeyboardPrompt> Prompts)
{
    /// <summary>Which try of the method it belongs to on this connection, from 1: the second comes after the first was refused.</summary>
    public int Round { get; init; } = 1;
}
