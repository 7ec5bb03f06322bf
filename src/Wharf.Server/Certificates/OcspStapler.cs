using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net.Tls;

namespace Wharf.Server.Certificates;

/// <summary>
/// Keeps a fresh OCSP response stapled to each certificate whose authority offers one. Nothing that a responder does or fails to
/// do is felt by clients: an answer that is no use is not stapled, and one that was good stays until its time is over.
/// </summary>
/// <param name="store">Whose certificates.</param>
/// <param name="ask">Gets the answer to a request; throws where there is none.</param>
/// <param name="clock">Every clock.</param>
/// <param name="logger">What was stapled, and what could not be.</param>
internal sealed partial class OcspStapler(
    TlsStore store, Func<OcspRequest, CancellationToken, Task<ReadOnlyMemory<byte>>> ask, TimeProvider clock, ILogger<OcspStapler> logger)
{
    /// <summary>When to ask again where nobody answered.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromMinutes(10);

    /// <summary>The longest wait: the wall clock, which answers are dated by, may be set meanwhile.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    // By fingerprint, so that files that were read anew and say the same need no new answer.
    private readonly Dictionary<string, Known> _known = [];

    /// <summary>Asks, staples and asks again until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var changed = store.Changed;
            var next = clock.GetUtcNow() + LongestWait;
            foreach (var certificate in store.Certificates)
            {
                if (OcspRequest.For(certificate) is { } request && await LookAsync(certificate, request, cancel) is var due && due < next)
                {
                    next = due;
                }
            }

            // Waits are cut to whole milliseconds: rounded up, or the last one would be none at all, again and again.
            var wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((next - clock.GetUtcNow()).TotalMilliseconds)));
            await changed.WaitAsync(wait, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns when to look at it again.</summary>
    private async Task<DateTimeOffset> LookAsync(TlsCertificate certificate, OcspRequest request, CancellationToken cancel)
    {
        string fingerprint = certificate.Fingerprint;
        var known = _known.GetValueOrDefault(fingerprint, new Known(null, default, default));
        if (known.AskAt <= clock.GetUtcNow())
        {
            known = await AskAsync(certificate, request, known, cancel);
            _known[fingerprint] = known;
        }

        bool counts = known.ValidUntil > clock.GetUtcNow();
        certificate.Staple = counts ? known.Staple : null;
        return counts && known.ValidUntil < known.AskAt ? known.ValidUntil : known.AskAt;
    }

    private async Task<Known> AskAsync(TlsCertificate certificate, OcspRequest request, Known before, CancellationToken cancel)
    {
        string responder = FileNames.ForDisplay(request.Url.Host);
        try
        {
            var check = OcspResponse.Check(await ask(request, cancel), certificate, clock);
            if (check.Staple is { } staple)
            {
                Log.Stapled(logger, responder, certificate.Fingerprint, check.ValidUntil);
                return new Known(staple, check.ValidUntil, check.RefreshAt);
            }

            Log.NoUse(logger, responder, certificate.Fingerprint, FileNames.ForDisplay(check.Problem ?? "").TrimEnd('.'));
            return before with { AskAt = check.RefreshAt };
        }
        catch (Exception failed) when (failed is HttpRequestException or TimeoutException or IOException)
        {
            Log.NoUse(logger, responder, certificate.Fingerprint, FileNames.ForDisplay(failed.Message).TrimEnd('.'));
            return before with { AskAt = clock.GetUtcNow() + Retry };
        }
        catch (OperationCanceledException)
        {
            return before;
        }
    }

    /// <summary>What is known of one certificate.</summary>
    /// <param name="Staple">The last answer that was good; null for none.</param>
    /// <param name="ValidUntil">Until when it counts.</param>
    /// <param name="AskAt">When to ask again.</param>
    private sealed record Known(ReadOnlyMemory<byte>? Staple, DateTimeOffset ValidUntil, DateTimeOffset AskAt);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The answer of {Responder} is stapled to certificate {Fingerprint} until {Until:u}")]
        public static partial void Stapled(ILogger logger, string responder, string fingerprint, DateTimeOffset until);

        [LoggerMessage(LogLevel.Warning, "No answer of {Responder} can be stapled to certificate {Fingerprint}: {Reason}")]
        public static partial void NoUse(ILogger logger, string responder, string fingerprint, string reason);
    }
}
