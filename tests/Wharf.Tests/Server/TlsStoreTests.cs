using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Net.Tls;
using Wharf.Server;
using Wharf.Server.Certificates;
using Wharf.Server.Settings;
using Wharf.Tests.Support;
using static Wharf.Tests.Server.SelfMade;

namespace Wharf.Tests.Server;

public sealed class TlsStoreTests : IDisposable
{
    private static readonly TimeSpan Reload = new TlsSettings().Reload;

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-tls-").FullName;
    private readonly ManualClock _clock = new();
    private readonly LogLines _log = new();
    private readonly RecordingTls _engine = new((TlsAbilities)~0);

    private int _writes;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_start_makes_a_certificate_into_the_data_folder_and_the_second_takes_it()
    {
        var made = Open("--listen", "ftps://127.0.0.1:0", "--listen", "ftp://files.example:0")!;
        var leaf = Assert.Single(made.Certificates).Leaf;
        Assert.All(["127.0.0.1", "::1", "localhost", "files.example"], name => Assert.True(made.Certificates[0].IsFor(name), name));
        Assert.True(_clock.GetUtcNow() > leaf.NotBefore.ToUniversalTime() && _clock.GetUtcNow().AddYears(9) < leaf.NotAfter.ToUniversalTime());
        Assert.Equal(["tls_cert.pem", "tls_key.pem"], Directory.GetFiles(Data).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        using var shared = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Data, "tls_cert.pem"));
        Assert.Equal(made.Certificates[0].Fingerprint, Fingerprint(shared));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Data, "tls_key.pem")));
        }

        Assert.Equal(made.Certificates[0].Fingerprint, Open("--listen", "ftps://127.0.0.1:0")!.Certificates[0].Fingerprint);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:0?tls=none")]
    [InlineData("sftp://127.0.0.1:0")]
    public void Listeners_without_tls_make_nothing(string url)
    {
        Assert.Null(Open("--listen", url));
        Assert.False(Directory.Exists(Data));
    }

    [Theory]
    [InlineData("ftps://127.0.0.1:0", false)]
    [InlineData("ftp://127.0.0.1:0?tls=optional", false)]
    [InlineData("ftp://0.0.0.0:0", false)]
    [InlineData("ftp://127.0.0.1:0", true)]
    public void A_data_folder_that_cannot_be_made_matters_where_tls_was_asked_for(string url, bool doesWithout)
    {
        File.WriteAllText(Data, "in the way");
        if (doesWithout)
        {
            Assert.Null(Open("--listen", url));
            Assert.Contains("offer no TLS", Assert.Single(_log.Texts), StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains("possible is a --data folder", Refused("--listen", url), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Half_of_a_made_certificate_is_an_error_that_names_the_other_half()
    {
        Open("--listen", "ftps://127.0.0.1:0");
        File.Delete(Path.Combine(Data, "tls_key.pem"));
        Assert.Contains("tls_key.pem", Refused("--listen", "ftps://127.0.0.1:0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session-reuse=optional", "--listen", "ftps://127.0.0.1:0")]
    [InlineData("libssl.so.3", "--listen", "ftp://127.0.0.1:0?tls=required")]
    [InlineData("tls.revocation-lists", "--listen", "ftps://127.0.0.1:0?session-reuse=optional", "--set", "tls.revocation-lists=/etc/hosts")]
    [InlineData("ftp.ccc", "--listen", "ftps://127.0.0.1:0?session-reuse=optional", "--set", "ftp.ccc=on")]
    public void What_the_engine_cannot_do_is_said_before_anybody_connects(string said, params string[] arguments)
    {
        Assert.Contains(said, Refused(new RecordingTls(TlsAbilities.None), arguments), StringComparison.Ordinal);
        Assert.Contains(said is "ftp.ccc" or "tls.revocation-lists" ? said : "possible", Refused(new RecordingTls(TlsAbilities.None), arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_session_binding_a_listener_that_does_not_require_it_is_served() =>
        Assert.NotNull(TlsStore.Open(
            Read("--listen", "ftps://127.0.0.1:0?session-reuse=optional"), null, new RecordingTls(TlsAbilities.None), _clock, NullLoggerFactory.Instance));

    [Fact]
    public void The_engine_that_was_asked_for_is_taken_or_missed()
    {
        var portable = new RecordingTls((TlsAbilities)~0);
        TlsStore.Open(Read("--listen", "ftps://127.0.0.1:0", "--set", "tls.engine=sslstream"), _engine, portable, _clock, NullLoggerFactory.Instance);
        Assert.Equal((0, 1), (_engine.Made.Count, portable.Made.Count));
        TlsStore.Open(Read("--listen", "ftps://127.0.0.1:0"), _engine, portable, _clock, NullLoggerFactory.Instance);
        Assert.Equal((1, 1), (_engine.Made.Count, portable.Made.Count));
        var missed = Assert.Throws<UsageException>(() => TlsStore.Open(
            Read("--listen", "ftps://127.0.0.1:0", "--set", "tls.engine=openssl"), null, portable, _clock, NullLoggerFactory.Instance));
        Assert.Contains("libssl.so.3", missed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_settings_say_arrives_at_the_engine()
    {
        using var authority = SelfSigned("authority");
        string ca = Put(At("ca.pem"), authority.ExportCertificatePem());
        Open("--listen", "ftps://127.0.0.1:0", "--set", "tls.versions=1.3", "--set", "tls.unknown-name=refuse", "--set", "tls.client-certificates=required",
            "--set", $"tls.client-ca={ca}");
        var options = Assert.Single(_engine.Made);
        Assert.Equal(
            (TlsVersion.Tls13, TlsVersion.Tls13, true, ClientCertificates.Required),
            (options.Oldest, options.Newest, options.RefusesUnknownNames, options.ClientCertificates));
        Assert.Equal(authority.RawData, Assert.Single(options.ClientAuthorities).RawData);
    }

    [Fact]
    public void A_login_by_certificate_asks_for_certificates_and_wants_an_authority()
    {
        using var authority = SelfSigned("authority");
        string ca = Put(At("ca.pem"), authority.ExportCertificatePem());
        string[] login = ["--listen", "ftps://127.0.0.1:0", "--set", "tls.certificate-login=on"];
        Assert.Contains("tls.client-ca", Refused(login), StringComparison.Ordinal);
        Open([.. login, "--set", $"tls.client-ca={ca}"]);
        Assert.Equal(ClientCertificates.Requested, Assert.Single(_engine.Made).ClientCertificates);
    }

    [Fact]
    public async Task A_file_that_changes_takes_the_old_ones_place_at_the_next_look_and_not_before()
    {
        var (store, stop, running) = Start("one");
        await using (stop)
        {
            var before = store.Server;
            await _clock.TimerDueIn(Reload);
            _clock.Advance(Reload);
            await _clock.TimerDueIn(Reload);
            Assert.Same(before, store.Server);

            string two = PutPair("two");
            Assert.Same(before, store.Server);
            _clock.Advance(Reload);
            await _clock.TimerDueIn(Reload);
            Assert.NotSame(before, store.Server);
            Assert.Equal(two, Assert.Single(store.Certificates).Fingerprint);
            Assert.Contains(_log.Texts, line => line.Contains(two, StringComparison.Ordinal));
        }

        await running;
    }

    [Fact]
    public async Task Files_that_are_no_use_change_nothing_and_are_complained_about_once()
    {
        var (store, stop, running) = Start("one");
        await using (stop)
        {
            var before = store.Server;
            await _clock.TimerDueIn(Reload);
            Put(At("server.pem"), "half a certificate");
            for (int i = 0; i < 3; i++)
            {
                _clock.Advance(Reload);
                await _clock.TimerDueIn(Reload);
            }

            Assert.Same(before, store.Server);
            Assert.Contains("server.pem", Assert.Single(_log.Faults), StringComparison.Ordinal);

            string two = PutPair("two");
            _clock.Advance(Reload);
            await _clock.TimerDueIn(Reload);
            Assert.Equal(two, Assert.Single(store.Certificates).Fingerprint);
        }

        await running;
    }

    [Fact]
    public async Task What_the_engine_refuses_changes_nothing_either()
    {
        var (store, stop, running) = Start("one");
        await using (stop)
        {
            var before = store.Server;
            await _clock.TimerDueIn(Reload);
            _engine.Refusal = "The key is too small.";
            PutPair("two");
            _clock.Advance(Reload);
            await _clock.TimerDueIn(Reload);
            Assert.Same(before, store.Server);
            Assert.Contains("The key is too small", Assert.Single(_log.Faults), StringComparison.Ordinal);
        }

        await running;
    }

    [Fact]
    public async Task Asked_for_it_reads_the_files_at_once_also_where_nothing_seems_to_have_changed()
    {
        var (store, stop, running) = Start("one", "--set", "tls.reload=0");
        await using (stop)
        {
            var before = store.Server;
            for (int i = 0; i < 2; i++)
            {
                store.Ask();
                using var stuck = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                while (ReferenceEquals(before, store.Server))
                {
                    stuck.Token.ThrowIfCancellationRequested();
                    await Task.Yield();
                }

                before = store.Server;
            }
        }

        await running;
    }

    [Theory]
    [InlineData(-10, 15, null)]
    [InlineData(-10, 13, "expires on")]
    [InlineData(-10, -1, "has expired")]
    [InlineData(1, 100, "not valid before")]
    public async Task An_end_that_is_near_is_said_at_once_and_every_day(int from, int until, string? said)
    {
        var now = _clock.GetUtcNow();
        using var certificate = SelfSigned("one", now.AddDays(from), now.AddDays(until));
        string file = Put(At("server.pem"), certificate.ExportCertificatePem() + "\n" + KeyPem(certificate));
        var store = Open("--listen", "ftps://127.0.0.1:0", "--set", $"tls.certificate={file}")!;
        var lines = new LogLines();
        using var stop = new CancellationTokenSource();
        var running = new CertificateExpiry(store, _clock, new Microsoft.Extensions.Logging.Logger<CertificateExpiry>(lines)).RunAsync(stop.Token);
        await _clock.TimerDueIn(TimeSpan.FromDays(1));
        Assert.Equal(said is null ? 0 : 1, lines.Texts.Count);
        Assert.All(lines.Texts, line => Assert.Contains(said!, line, StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromDays(1));
        await _clock.TimerDueIn(TimeSpan.FromDays(1));
        Assert.Equal(said is null or "not valid before" ? lines.Texts.Count : 2, lines.Texts.Count);
        await stop.CancelAsync();
        await running;
    }

    private string Data => At("data");

    private string At(string name) => Path.Combine(_folder, name);

    private (TlsStore Store, Stop Stop, Task Running) Start(string name, params string[] more)
    {
        PutPair(name);
        var store = Open(["--listen", "ftps://127.0.0.1:0", "--set", $"tls.certificate={At("server.pem")}", .. more])!;
        var stop = new CancellationTokenSource();
        return (store, new Stop(stop), store.RunAsync(stop.Token));
    }

    /// <summary>Another certificate into the same file, a second later by the file's own time; returns its fingerprint.</summary>
    private string PutPair(string name)
    {
        using var certificate = SelfSigned(name);
        string file = Put(At("server.pem"), certificate.ExportCertificatePem() + "\n" + KeyPem(certificate));
        File.SetLastWriteTimeUtc(file, _clock.GetUtcNow().UtcDateTime.AddSeconds(++_writes));
        return Fingerprint(certificate);
    }

    private TlsStore? Open(params string[] arguments) => TlsStore.Open(Read(arguments), _engine, null, _clock, _log);

    private string Refused(params string[] arguments) => Refused(_engine, arguments);

    private string Refused(ITlsProvider engine, params string[] arguments) =>
        Assert.Throws<UsageException>(() => TlsStore.Open(Read(arguments), engine, null, _clock, _log)).Message;

    private CommandLine Read(params string[] arguments) => CommandLine.Read(["--user", "a:b", "--data", Data, .. arguments], TextWriter.Null)!;

    private sealed class Stop(CancellationTokenSource source) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await source.CancelAsync();
            source.Dispose();
        }
    }
}
