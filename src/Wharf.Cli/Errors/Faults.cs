using Wharf.Cli.Places;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Cli.Errors;

/// <summary>What failed, as an exit code and as one sentence: what, where, what the server said, what to try.</summary>
internal static class Faults
{
    /// <summary>The exit code of a failure.</summary>
    public static ExitCode CodeOf(RemoteException failure) => failure.Error switch
    {
        RemoteError.Usage => ExitCode.Usage,
        RemoteError.Connection or RemoteError.Protocol => ExitCode.Connect,
        RemoteError.NotSupported when IsOfTheWay(failure) => ExitCode.Connect,
        RemoteError.Login => ExitCode.Login,
        RemoteError.NotTrusted => ExitCode.Trust,
        RemoteError.NotFound => ExitCode.NotFound,
        RemoteError.Denied => ExitCode.Permission,
        RemoteError.TimedOut => ExitCode.TimedOut,
        RemoteError.Mismatch => ExitCode.Differs,
        RemoteError.NoSpace => ExitCode.NoSpace,
        _ => ExitCode.SomeFailed,
    };

    /// <summary>Whether it is the way to the server that failed: whatever else is asked of it could only fail too.</summary>
    public static bool EndsAll(RemoteException failure) =>
        failure.Error is RemoteError.Usage or RemoteError.Connection or RemoteError.Protocol or RemoteError.Login or RemoteError.NotTrusted or RemoteError.TimedOut
        || IsOfTheWay(failure);

    /// <summary>The sentence; nothing in it does harm on a terminal.</summary>
    public static string SentenceOf(RemoteException failure, Place? place = null)
    {
        string text = failure.Message.TrimEnd('.');
        if (place is not null && place.Source.Url.IsRemote && !text.Contains(place.Source.Url.Host, StringComparison.OrdinalIgnoreCase))
        {
            text = $"{place.Source.Url}: {text}";
        }

        if (failure.ServerReply is { Length: > 0 } said && !text.Contains(FileNames.ForDisplay(said).TrimEnd('.'), StringComparison.Ordinal))
        {
            text += $" (the server said: {FileNames.ForDisplay(said)})";
        }

        return AdviceFor(failure) is { } advice ? $"{text}. {advice}" : text + ".";
    }

    /// <summary>Tells a failure: a sentence, and an object where objects are asked for.</summary>
    public static async ValueTask TellAsync(RemoteException failure, Place? place, Output output, Notices notices, bool json)
    {
        if (failure is { Error: RemoteError.Partial, Failures.Count: > 0 })
        {
            foreach (var one in failure.Failures)
            {
                await TellAsync(one, place, output, notices, json);
            }

            return;
        }

        string sentence = SentenceOf(failure, place);
        notices.Error(sentence);
        if (json)
        {
            await output.JsonAsync(ErrorLine.Of(failure, sentence), JsonLines.Default.ErrorLine);
        }
    }

    /// <summary>What this machine's own disk answered, where no source stood between: a temporary directory, a pipe that was named. Null for what is a mistake of ours.</summary>
    public static RemoteException? OfThisMachine(Exception failure) => failure switch
    {
        UnauthorizedAccessException => new RemoteException(RemoteError.Denied, Escaped(failure), failure),
        FileNotFoundException or DirectoryNotFoundException => new RemoteException(RemoteError.NotFound, Escaped(failure), failure),
        IOException full when DiskFull.Is(full) => new RemoteException(RemoteError.NoSpace, Escaped(failure), failure),
        IOException => new RemoteException(RemoteError.Io, Escaped(failure), failure),
        _ => null,
    };

    private static string Escaped(Exception failure) => FileNames.ForDisplay(failure.Message.TrimEnd('.'));

    /// <summary>Whether the server lacks what the connection was to have, TLS for one: there is none then.</summary>
    private static bool IsOfTheWay(RemoteException failure) => failure is { Error: RemoteError.NotSupported, InnerException: ConnectionException };

    private static string? AdviceFor(RemoteException failure) => failure.Error switch
    {
        RemoteError.Login => "Check the user, the password (WHARF_PASSWORD, --password-fd, ~/.netrc) and the key (--identity).",
        RemoteError.TimedOut => "--timeout SECONDS waits longer.",

        // Of one that has changed the sentence says itself what to check, and nothing shall make that easy.
        RemoteError.NotTrusted when failure.Message.Contains("confirms this fingerprint", StringComparison.Ordinal) =>
            "--accept-new remembers it, --fingerprint believes it this once.",
        RemoteError.NotSupported when IsOfTheWay(failure) && failure.Message.Contains("in clear", StringComparison.Ordinal) => "--tls optional allows that.",
        RemoteError.Connection when !failure.IsTransient => null,
        RemoteError.Connection => "Check the host, the port and the way to it; --verbose shows the dialogue.",
        RemoteError.Protocol => "--verbose shows the dialogue.",
        _ => null,
    };
}
