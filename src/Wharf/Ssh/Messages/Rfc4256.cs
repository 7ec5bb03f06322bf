using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>The fields of "keyboard-interactive" in SSH_MSG_USERAUTH_REQUEST (RFC 4256 section 3.1).</summary>
/// <param name="Language">string: deprecated, mostly empty</param>
/// <param name="Submethods">string: a hint, mostly empty</param>
internal readonly record struct KeyboardInteractiveFields(string Language, string Submethods) : IUserauthFields
{
    public static KeyboardInteractiveFields Read(ref WireReader reader) => new(reader.Text(), reader.Text());

    public void Write(in WireWriter writer)
    {
        writer.Text(Language);
        writer.Text(Submethods);
    }
}

/// <summary>One question of SSH_MSG_USERAUTH_INFO_REQUEST.</summary>
/// <param name="Text">string: UTF-8, what stands before the answer</param>
/// <param name="Echo">boolean: whether the answer may be seen as it is typed</param>
public readonly record struct KeyboardPrompt(string Text, bool Echo);

/// <summary>SSH_MSG_USERAUTH_INFO_REQUEST (60), RFC 4256 section 3.2: questions to the user.</summary>
/// <param name="Name">string: a heading, mostly empty</param>
/// <param name="Instruction">string: mostly empty</param>
/// <param name="Language">string: deprecated, mostly empty</param>
/// <param name="Prompts">int: how many; then the prompts</param>
internal readonly record struct UserauthInfoRequest(string Name, string Instruction, string Language, IReadOnlyList<KeyboardPrompt> Prompts)
    : IMessage<UserauthInfoRequest>
{
    /// <summary>Bytes of the shortest prompt, so that no count is believed that cannot be.</summary>
    private const int LeastPromptBytes = 5;

    public static byte Number => 60;

    public static UserauthInfoRequest Read(ref WireReader reader) =>
        new(reader.Text(), reader.Text(), reader.Text(), ReadPrompts(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.Text(Name);
        writer.Text(Instruction);
        writer.Text(Language);
        writer.UInt32((uint)Prompts.Count);
        foreach (var prompt in Prompts)
        {
            writer.Text(prompt.Text);
            writer.Boolean(prompt.Echo);
        }
    }

    private static KeyboardPrompt[] ReadPrompts(ref WireReader reader)
    {
        uint count = reader.UInt32();
        if (count > reader.Left / LeastPromptBytes)
        {
            throw new WireException($"{count} prompts in {reader.Left} bytes.");
        }

        var prompts = new KeyboardPrompt[count];
        for (int i = 0; i < prompts.Length; i++)
        {
            prompts[i] = new KeyboardPrompt(reader.Text(), reader.Boolean());
        }

        return prompts;
    }
}

/// <summary>SSH_MSG_USERAUTH_INFO_RESPONSE (61), RFC 4256 section 3.4: the user's answers.</summary>
/// <param name="Answers">int: how many; then a string for each, UTF-8, from some clients not (<see cref="FileNames.Decode"/>)</param>
internal readonly record struct UserauthInfoResponse(IReadOnlyList<string> Answers) : IMessage<UserauthInfoResponse>
{
    public static byte Number => 61;

    public static UserauthInfoResponse Read(ref WireReader reader)
    {
        uint count = reader.UInt32();
        if (count > reader.Left / sizeof(uint))
        {
            throw new WireException($"{count} answers in {reader.Left} bytes.");
        }

        string[] answers = new string[count];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = FileNames.Decode(reader.Bytes().Span);
        }

        return new(answers);
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32((uint)Answers.Count);
        foreach (string answer in Answers)
        {
            writer.Bytes(FileNames.Encode(answer));
        }
    }

    /// <summary>Stars.</summary>
    public override string ToString() => "UserauthInfoResponse ***";
}
