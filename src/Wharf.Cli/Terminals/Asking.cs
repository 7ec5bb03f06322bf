using System.Text;

namespace Wharf.Cli.Terminals;

/// <summary>
/// Questions to the person before the terminal, whatever standard input and output are. Each throws
/// <see cref="NoTerminalException"/> where there is none, and <see cref="OperationCanceledException"/> at Ctrl-C.
/// </summary>
internal static class Asking
{
    /// <summary>Most characters of a secret or an answer; more are not taken.</summary>
    public const int LongestAnswer = 4096;

    /// <summary>A password or passphrase; nothing of it is shown. Empty when the person just ends the line.</summary>
    /// <param name="terminal">The program's.</param>
    /// <param name="prompt">As shown, with its colon and space. Text of servers in it has been made fit for display.</param>
    /// <param name="clock">The program's.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<string> ReadSecretAsync(this ITerminal terminal, string prompt, TimeProvider clock, CancellationToken cancel)
    {
        using var person = terminal.OpenControlling() ?? throw NoTerminal(prompt);
        using var raw = person.EnterRaw();
        person.Write(prompt);
        try
        {
            return await ReadUnseenAsync(new KeyReader(person, clock), cancel);
        }
        finally
        {
            person.Write("\n");
        }
    }

    /// <summary>One line, edited as the terminal does; null at the end of input.</summary>
    /// <param name="terminal">The program's.</param>
    /// <param name="prompt">As shown, with its colon and space.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<string?> ReadAnswerAsync(this ITerminal terminal, string prompt, CancellationToken cancel)
    {
        using var person = terminal.OpenControlling() ?? throw NoTerminal(prompt);
        person.Write(prompt);
        return await new LineReader(person, LongestAnswer).ReadAsync(cancel);
    }

    /// <summary>A question that wants the whole word, yes or no; asked until one of them comes. The end of input is no.</summary>
    /// <param name="terminal">The program's.</param>
    /// <param name="question">Without "(yes/no)?".</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<bool> AskAsync(this ITerminal terminal, string question, CancellationToken cancel)
    {
        using var person = terminal.OpenControlling() ?? throw NoTerminal(question);
        return await YesAsync(person, $"{question} (yes/no)? ", "Please type 'yes' or 'no': ", fingerprint: null, cancel);
    }

    /// <summary>
    /// Whether a host is believed: yes, no, or its fingerprint as the person knows it from elsewhere, which must be the same one;
    /// the words of OpenSSH.
    /// </summary>
    /// <param name="terminal">The program's.</param>
    /// <param name="explanation">What is known, in lines; shown before the question.</param>
    /// <param name="fingerprint">As shown, such as SHA256:….</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<bool> AskFingerprintAsync(
        this ITerminal terminal, string explanation, string fingerprint, CancellationToken cancel)
    {
        const string Question = "Are you sure you want to continue connecting";
        using var person = terminal.OpenControlling() ?? throw NoTerminal(Question);
        person.Write(explanation.EndsWith('\n') || explanation.Length == 0 ? explanation : explanation + "\n");
        return await YesAsync(
            person, $"{Question} (yes/no/[fingerprint])? ", "Please type 'yes', 'no' or the fingerprint: ", fingerprint, cancel);
    }

    private static NoTerminalException NoTerminal(string question) => new(question.TrimEnd(':', ' ', '?'));

    private static async Task<bool> YesAsync(
        ITerminalDevice person, string question, string again, string? fingerprint, CancellationToken cancel)
    {
        var answers = new LineReader(person, LongestAnswer);
        while (true)
        {
            person.Write(question);
            string? answer = (await answers.ReadAsync(cancel))?.Trim();
            switch (answer?.ToUpperInvariant())
            {
                case null or "NO":
                    return false;
                case "YES":
                    return true;
            }

            if (fingerprint is not null && answer == fingerprint)
            {
                return true;
            }

            question = again;
        }
    }

    private static async Task<string> ReadUnseenAsync(KeyReader keys, CancellationToken cancel)
    {
        var secret = new StringBuilder();
        while (await keys.ReadAsync(cancel) is { } key)
        {
            switch (key)
            {
                case { Code: KeyCode.Enter }:
                    return secret.ToString();
                case { Code: KeyCode.Text, Text: "c", Modifiers: KeyModifiers.Ctrl }:
                    throw new OperationCanceledException("Interrupted at the prompt.");
                case { Code: KeyCode.Text, Text: "d", Modifiers: KeyModifiers.Ctrl }:
                    return secret.ToString();
                case { Code: KeyCode.Text, Text: "u", Modifiers: KeyModifiers.Ctrl }:
                    secret.Clear();
                    break;
                case { Code: KeyCode.Backspace } when secret.Length > 0:
                    secret.Length -= secret.Length > 1 && char.IsSurrogatePair(secret[^2], secret[^1]) ? 2 : 1;
                    break;
                case { Code: KeyCode.Text or KeyCode.Paste, Modifiers: KeyModifiers.None } when secret.Length + key.Text.Length <= LongestAnswer:
                    secret.Append(key.Text);
                    break;
            }
        }

        return secret.ToString();
    }
}
