using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Connections;

/// <summary>Asks the person at the terminal about a host that nobody knows.</summary>
internal sealed class FirstContact(IQuestions questions)
{
    private const int MostTries = 3;

    public async ValueTask<TrustAnswer> DecideAsync(TrustQuestion question, CancellationToken cancel)
    {
        string host = FileNames.ForDisplay(question.Host);
        string what = question.IsCertificate
            ? $"The certificate of {host} port {question.Port} is not trusted: {FileNames.ForDisplay(question.Problem?.TrimEnd('.') ?? "nobody vouches for it")}."
            : $"{host} port {question.Port} is not known.";
        string kind = question.IsCertificate ? "Its certificate" : $"Its {FileNames.ForDisplay(question.Kind)} key";
        string text = $"{what}\n{kind} is {question.Fingerprint}\nIs that what its operator says? yes (remember it), once, no: ";
        for (int tries = 0; tries < MostTries; tries++)
        {
            string? answer = (await questions.AskAsync(text, cancel))?.Trim();

            // As OpenSSH's programs take it: who types the fingerprint has compared it.
            if (answer is null || answer.Equals("no", StringComparison.OrdinalIgnoreCase))
            {
                return TrustAnswer.Refuse;
            }

            if (answer == question.Fingerprint || answer.Equals("yes", StringComparison.OrdinalIgnoreCase))
            {
                return TrustAnswer.AcceptAndRemember;
            }

            if (answer.Equals("once", StringComparison.OrdinalIgnoreCase))
            {
                return TrustAnswer.AcceptOnce;
            }

            text = "Please type yes, once, no, or the fingerprint: ";
        }

        return TrustAnswer.Refuse;
    }
}
