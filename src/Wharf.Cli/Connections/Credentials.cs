using Wharf.Client;
using Wharf.Client.Ssh;
using Wharf.Files;
using Wharf.Ssh.Authentication;

namespace Wharf.Cli.Connections;

/// <summary>
/// Answers what one server wants to know before it lets somebody in: from the URL, a descriptor or a variable, ~/.netrc, and at last the person
/// at the terminal, whose answer holds for further connections.
/// </summary>
internal sealed class Credentials(RemoteUrl server, GivenPassword given, TypedPassword typed, NetrcEntry? netrc, IQuestions questions)
{
    /// <summary>The password; null for none.</summary>
    public async ValueTask<string?> PasswordAsync(PasswordRequest request, CancellationToken cancel)
    {
        if (request.Attempt == 1)
        {
            // What a person said comes behind what scripts gave, and was asked for since that was wrong.
            if (given.Latest is { } answered)
            {
                return await answered.WaitAsync(cancel);
            }

            if (!given.WasRefused && (given.InUrl ?? await typed.FindAsync(cancel) ?? netrc?.Password) is { } known)
            {
                return known;
            }
        }

        // What scripts gave was wrong; a person may know better. One answer is meant for all connections.
        return questions.CanAsk ? await given.AskAsync(request.Attempt, again => AskAsync(request, again, cancel).AsTask()).WaitAsync(cancel) : null;
    }

    /// <summary>The passphrase of a key's file; null gives up on the key.</summary>
    public async ValueTask<string?> PassphraseAsync(PassphraseQuestion question, CancellationToken cancel)
    {
        const int MostTries = 3;
        if (question.Try > MostTries)
        {
            return null;
        }

        string again = question.Try > 1 ? "That was wrong. " : "";
        return await questions.AskSecretAsync($"{again}Passphrase of the key {FileNames.ForDisplay(question.Path)}: ", cancel) is { Length: > 0 } answer ? answer : null;
    }

    /// <summary>Answers to a server's own questions; null gives up.</summary>
    public async ValueTask<IReadOnlyList<string>?> KeyboardAsync(KeyboardQuestion question, CancellationToken cancel)
    {
        // One hidden question wants the password, as most servers ask for it, or something that only a person has: the word tells.
        if (question.Prompts is [{ Echo: false } only] && only.Text.Contains("assword", StringComparison.Ordinal))
        {
            var request = new PasswordRequest(server.Host, server.Port, server.User ?? netrc?.Login, question.Round);
            return await PasswordAsync(request, cancel) is { } password ? [password] : null;
        }

        var answers = new List<string>();
        foreach (var prompt in question.Prompts)
        {
            string text = $"({FileNames.ForDisplay(server.Host)}) {FileNames.ForDisplay(prompt.Text)}";
            string? answer = prompt.Echo ? await questions.AskAsync(text, cancel) : await questions.AskSecretAsync(text, cancel);
            if (answer is null)
            {
                return null;
            }

            answers.Add(answer);
        }

        return answers;
    }

    private ValueTask<string?> AskAsync(PasswordRequest request, bool again, CancellationToken cancel)
    {
        string whose = request.User is { } user ? $"{FileNames.ForDisplay(user)}@{FileNames.ForDisplay(request.Host)}" : FileNames.ForDisplay(request.Host);
        return questions.AskSecretAsync($"{(again ? "That was refused. " : "")}Password of {whose}: ", cancel);
    }
}
