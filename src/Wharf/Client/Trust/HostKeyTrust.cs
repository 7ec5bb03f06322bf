using Wharf.Ssh.KnownHosts;

namespace Wharf.Client.Trust;

/// <summary>
/// Decides about SSH host keys that no file knows, for all connections of one source. The caller may take his time, and neither our limit nor the
/// server's runs out meanwhile: the connection that met the unknown key fails, and another follows his answer.
/// </summary>
internal sealed class HostKeyTrust(HostTrust trust)
{
    private readonly Turns _asking = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HostKeyAnswer> _answers = new(StringComparer.Ordinal);
    private HostKeyQuestion? _unknown;

    /// <summary>Whether files of known hosts have a say.</summary>
    public bool ReadsFiles => trust is { IsInsecure: false, Pins: null };

    /// <summary>Asked in the midst of a key exchange.</summary>
    public ValueTask<HostKeyAnswer> DecideAsync(HostKeyQuestion question, CancellationToken cancel)
    {
        if (trust.IsInsecure)
        {
            return new(HostKeyAnswer.AcceptOnce);
        }

        if (trust.Pins is not null)
        {
            return new(trust.Matches(HostTrust.Read(question.Fingerprint)) ? HostKeyAnswer.AcceptOnce : HostKeyAnswer.Refuse);
        }

        if (AnswerTo(question) is { } answer)
        {
            return new(answer);
        }

        Volatile.Write(ref _unknown, question);
        return new(HostKeyAnswer.Refuse);
    }

    /// <summary>The key that was unknown last; for <see cref="UnknownSince"/>.</summary>
    public HostKeyQuestion? LastUnknown => Volatile.Read(ref _unknown);

    /// <summary>
    /// The key that was unknown last, if it was met since: what a connection failed for. Null also where nobody can be asked. Connections beside
    /// each other meet the same server, so any of theirs does.
    /// </summary>
    public HostKeyQuestion? UnknownSince(HostKeyQuestion? before) =>
        trust.Decide is not null && LastUnknown is { } last && !ReferenceEquals(last, before) ? last : null;

    /// <summary>Asks the caller; true has the connection made again.</summary>
    public Task<bool> AskAsync(HostKeyQuestion unknown, CancellationToken cancel) => _asking.TakeAsync(
        async stop =>
        {
            // Another connection to the same server may have asked meanwhile.
            if (AnswerTo(unknown) is not null)
            {
                return true;
            }

            var answer = await trust.Decide!(new TrustQuestion(unknown.Host, unknown.Port, unknown.KeyType, unknown.Fingerprint), stop)
                .ConfigureAwait(false);
            if (answer == TrustAnswer.Refuse)
            {
                return false;
            }

            lock (_gate)
            {
                _answers[Name(unknown)] = answer == TrustAnswer.AcceptAndRemember ? HostKeyAnswer.AcceptAndRemember : HostKeyAnswer.AcceptOnce;
            }

            return true;
        },
        cancel);

    // The same key of a jump host is another question.
    private static string Name(HostKeyQuestion question) => FormattableString.Invariant($"{question.Host}:{question.Port} {question.Fingerprint}");

    private HostKeyAnswer? AnswerTo(HostKeyQuestion question)
    {
        lock (_gate)
        {
            return _answers.TryGetValue(Name(question), out var answer) ? answer : null;
        }
    }
}
