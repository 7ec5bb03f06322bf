using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Wharf.Net.Tls;
using Wharf.Server;
using Wharf.Server.Certificates;
using Wharf.Tests.Net.Tls;
using Wharf.Tests.Support;
using static Wharf.Tests.Server.SelfMade;

namespace Wharf.Tests.Server;

public sealed class OcspStaplerTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-ocsp-").FullName;
    private readonly ManualClock _clock = new();
    private readonly LogLines _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TlsStore _store;
    private Func<ReadOnlyMemory<byte>> _answer = () => throw new HttpRequestException("Nobody is there.");
    private Task _running = Task.CompletedTask;
    private int _asked;

    public OcspStaplerTests()
    {
        // Certificates and answers live by the system's clock.
        _clock.StepWallClock(TimeProvider.System.GetUtcNow() - _clock.GetUtcNow());
        Put("http://ocsp.example.test/ask");
        _store = TlsStore.Open(
            CommandLine.Read(["--user", "a:b", "--listen", "ftps://127.0.0.1:0", "--set", $"tls.certificate={At("server.pem")}"], TextWriter.Null)!,
            new RecordingTls((TlsAbilities)~0), null, _clock, _log)!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_good_answer_is_stapled_asked_for_again_in_time_and_stays_where_nobody_answers_until_its_end()
    {
        byte[] answer = Answer(TimeSpan.FromMinutes(90));
        _answer = () => answer;
        Start();
        await HoldsAsync(() => Certificate.Staple is not null);
        Assert.Equal(answer, Certificate.Staple!.Value.ToArray());
        Assert.Equal(1, _asked);

        // Half of its time is over, and nobody is there from now on.
        _answer = () => throw new HttpRequestException("Nobody is there.");
        await PassAsync(TimeSpan.FromMinutes(46));
        await HoldsAsync(() => _asked > 1);
        Assert.NotNull(Certificate.Staple);
        Assert.Contains(_log.Texts, line => line.Contains("ocsp.example.test", StringComparison.Ordinal) && line.Contains("Nobody is there", StringComparison.Ordinal));

        for (int i = 0; i < 5; i++)
        {
            await PassAsync(OcspStapler.Retry);
        }

        await HoldsAsync(() => Certificate.Staple is null);

        _answer = () => Answer(TimeSpan.FromHours(3));
        await PassAsync(OcspStapler.Retry);
        await HoldsAsync(() => Certificate.Staple is not null);
        Assert.Empty(_log.Faults);
    }

    [Fact]
    public async Task What_cannot_be_believed_is_not_stapled_and_said()
    {
        _answer = () => "no answer at all"u8.ToArray();
        Start();
        await HoldsAsync(() => _log.Texts.Any(line => line.Contains("can be stapled", StringComparison.Ordinal)));
        Assert.Null(Certificate.Staple);
        Assert.Empty(_log.Faults);
    }

    [Fact]
    public async Task Files_that_are_read_anew_and_say_the_same_need_no_new_answer()
    {
        byte[] answer = Answer(TimeSpan.FromDays(2));
        _answer = () => answer;
        Start();
        await HoldsAsync(() => Certificate.Staple is not null);
        var before = Certificate;
        using var stop = new CancellationTokenSource();
        var reloading = _store.RunAsync(stop.Token);
        _store.Ask();
        await HoldsAsync(() => Certificate != before && Certificate.Staple is not null);
        Assert.Equal(1, _asked);

        // Another certificate has a state of its own.
        Put("http://ocsp.example.test/ask");
        _store.Ask();
        await HoldsAsync(() => _asked == 2);
        await stop.CancelAsync();
        await reloading;
    }

    [Theory]
    [InlineData(HttpStatusCode.Redirect, 10, "status 302")]
    [InlineData(HttpStatusCode.InternalServerError, 10, "status 500")]
    [InlineData(HttpStatusCode.OK, OcspResponse.MostBytes + 1, "")]
    public async Task A_responder_that_sends_elsewhere_or_too_much_is_not_listened_to(HttpStatusCode status, int bytes, string said)
    {
        using var fetch = new OcspFetch(_clock, new Responder(status, bytes));
        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => fetch.AskAsync(new(new("http://ocsp.example.test/ask"), new byte[3]), TestContext.Current.CancellationToken));
        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_responder_is_asked_by_post_and_its_bytes_come_back()
    {
        using var responder = new Responder(HttpStatusCode.OK, 77);
        using var fetch = new OcspFetch(_clock, responder);
        var answer = await fetch.AskAsync(new(new("http://ocsp.example.test/ask"), new byte[] { 1, 2, 3 }), TestContext.Current.CancellationToken);
        Assert.Equal(77, answer.Length);
        Assert.Equal("POST application/ocsp-request 010203", responder.Asked);
    }

    [Fact]
    public async Task A_responder_that_says_nothing_is_given_up()
    {
        using var fetch = new OcspFetch(_clock, new Silent());
        var asking = fetch.AskAsync(new(new("http://ocsp.example.test/ask"), new byte[3]), TestContext.Current.CancellationToken);
        await _clock.TimerDueIn(OcspFetch.Patience);
        _clock.Advance(OcspFetch.Patience);
        await Assert.ThrowsAsync<TimeoutException>(() => asking);
    }

    private TlsCertificate Certificate => _store.Certificates[0];

    private string At(string name) => Path.Combine(_folder, name);

    private void Put(string responder)
    {
        using var leaf = TestCertificates.Issuer.Leaf(
            "CN=ocsp.example.test", null, ["ocsp.example.test"], extension: new X509AuthorityInformationAccessExtension([responder], null));
        SelfMade.Put(At("server.pem"), $"{leaf.ExportCertificatePem()}\n{TestCertificates.Issuer.Public.ExportCertificatePem()}\n{KeyPem(leaf)}\n");
    }

    private byte[] Answer(TimeSpan time) => OcspTests.Answer(end: _clock.GetUtcNow() + time, about: Certificate);

    private void Start() => _running = new OcspStapler(
        _store,
        (_, _) =>
        {
            Interlocked.Increment(ref _asked);
            return Task.FromResult(_answer());
        },
        _clock, new Logger<OcspStapler>(_log)).RunAsync(_stop.Token);

    /// <summary>Lets time pass in steps, each once the one before has been seen.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            await HoldsAsync(() => _clock.ArmedTimers > 0);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await HoldsAsync(() => _clock.ArmedTimers > 0);
    }

    /// <summary>Yields until it holds; a test that waits longer is stuck.</summary>
    private async Task HoldsAsync(Func<bool> condition)
    {
        using var stuck = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            Assert.False(stuck.IsCancellationRequested, string.Join('\n', _log.Texts));
            await Task.Yield();
        }
    }

    private sealed class Responder(HttpStatusCode status, int bytes) : HttpMessageHandler
    {
        public string Asked { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            Asked = $"{request.Method} {request.Content.Headers.ContentType} {Convert.ToHexString(body)}";
            return new HttpResponseMessage(status) { Content = new ByteArrayContent(new byte[bytes]) };
        }
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var never = new TaskCompletionSource<HttpResponseMessage>();
            return await never.Task.WaitAsync(cancellationToken);
        }
    }
}
