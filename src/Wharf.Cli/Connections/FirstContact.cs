using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Connections;

/// <summary>Asks the person at the terminal about a host that nobody knows. What is believed is remembered.</summary>
internal sealed class FirstContact(IQuestions questions)
{
    public async ValueTask<TrustAnswer> DecideAsync(TrustQuestion question, CancellationToken cancel)
    {
        string host = FileNames.ForDisplay(question.Host);
        string what = question.IsCertificate
            ? $"The certificate of {host} port {question.Port} is not trusted: {FileNames.ForDisplay(question.Problem?.TrimEnd('.') ?? "nobody vouches for it")}."
            : $"{host} port {question.Port} is not known.";
        string kind = question.IsCertificate ? "Its certificate" : $"Its {FileNames.ForDisplay(question.Kind)} key";
        string text = $"{what}\n{kind} has the fingerprint\n  {question.Fingerprint}\nOnly the server's operator can say whether that is right.\n";
        return await questions.AskTrustAsync(text, question.Fingerprint, cancel) ? TrustAnswer.AcceptAndRemember : TrustAnswer.Refuse;
    }
}
