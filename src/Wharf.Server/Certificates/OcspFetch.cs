using System.Net;
using System.Net.Http.Headers;
using Wharf.Net.Tls;

namespace Wharf.Server.Certificates;

/// <summary>Asks a responder over http (RFC 6960 appendix A): one POST, no redirects, so many bytes and seconds at most. What comes back is not believed here.</summary>
internal sealed class OcspFetch : IDisposable
{
    /// <summary>Longest time for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Made when there is somebody to ask: most servers never have.
    private readonly Lazy<HttpClient> _http;
    private readonly TimeProvider _clock;

    /// <param name="clock">For the time an answer may take.</param>
    /// <param name="handler">Another way to the responder; null for the network. Owned here.</param>
    public OcspFetch(TimeProvider clock, HttpMessageHandler? handler = null)
    {
        _clock = clock;
        _http = new(() => new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = Patience })
        {
            MaxResponseContentBufferSize = OcspResponse.MostBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <summary>The answer's bytes.</summary>
    /// <exception cref="HttpRequestException">There is none, or not one of that size.</exception>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(OcspRequest request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var body = new ReadOnlyMemoryContent(request.Bytes);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var answer = await _http.Value.PostAsync(request.Url, body, either.Token);
            return answer.StatusCode == HttpStatusCode.OK
                ? await answer.Content.ReadAsByteArrayAsync(either.Token)
                : throw new HttpRequestException($"The responder answered with status {(int)answer.StatusCode}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The responder did not answer within {Patience.TotalSeconds} seconds.");
        }
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }
}
