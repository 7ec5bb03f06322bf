using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Server.Accounts;
using Wharf.Tests.Support;

namespace Wharf.Tests.Server;

public sealed class CommandLineAccountsTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("198.51.100.1");
    private static readonly LoginDelays Delays = new();

    private readonly ManualClock _clock = new();
    private readonly List<string> _log = [];

    [Fact]
    public async Task The_right_password_logs_in_at_once_and_is_in_no_log()
    {
        var result = await Accounts().LogInAsync(Try("anna", "right", Here), TestContext.Current.CancellationToken);
        Assert.Equal("anna", Assert.IsType<LoginResult.Accepted>(result).Login.Name);
        Assert.Equal("s1 \"anna\" logged in from 192.0.2.1 over ftp", Assert.Single(_log));
    }

    [Theory]
    [InlineData("anna", "")]
    [InlineData("anna", "\0")]
    [InlineData("keys", "")]
    [InlineData("keys", "keys")]
    [InlineData("hollow", "")]
    [InlineData("", "")]
    [InlineData("", "right")]
    [InlineData("ANNA", "right")]
    [InlineData("anna", "right\0")]
    public async Task T17_empty_and_missing_passwords_are_never_right(string user, string password)
    {
        var login = Accounts().LogInAsync(Try(user, password, Here), TestContext.Current.CancellationToken).AsTask();
        _clock.Advance(Delays.First);
        Assert.IsType<LoginResult.Refused>(await login);
    }

    [Theory]
    [InlineData("anna")]
    [InlineData("nobody")]
    [InlineData("keys")]
    public async Task T18_known_and_unknown_users_wait_equally_long_however_often_they_fail(string user)
    {
        var accounts = Accounts();
        double before = 0;
        foreach (double seconds in (double[])[0.5, 1, 2, 4, 8, 10, 10])
        {
            var login = accounts.LogInAsync(Try(user, "wrong", Here), TestContext.Current.CancellationToken).AsTask();
            await AssertTakesAsync(login, before, seconds - before);
            Assert.IsType<LoginResult.Refused>(await login);
            before = seconds;
        }
    }

    [Fact]
    public async Task Failures_slow_down_their_source_and_nobody_else()
    {
        var accounts = Accounts();
        await FailAsync(accounts, Here, times: 3);
        await AssertTakesAsync(accounts.LogInAsync(Try("anna", "right", There), TestContext.Current.CancellationToken).AsTask());
        await AssertTakesAsync(
            accounts.LogInAsync(Try("anna", "right", Here), TestContext.Current.CancellationToken).AsTask(), 2);
    }

    [Fact]
    public async Task One_customers_IPv6_addresses_are_one_source()
    {
        var accounts = Accounts();
        await FailAsync(accounts, IPAddress.Parse("2001:db8:1:2::1"), times: 2);
        await AssertTakesAsync(
            accounts.LogInAsync(Try("anna", "right", IPAddress.Parse("2001:db8:1:2:ffff::9")), TestContext.Current.CancellationToken).AsTask(),
            1);
    }

    [Fact]
    public async Task Failures_are_forgotten_one_by_one_and_a_good_login_takes_none_away()
    {
        var accounts = Accounts();
        await FailAsync(accounts, Here, times: 3);
        foreach (double seconds in (double[])[1, 0.5, 0])
        {
            // A step of the wall clock forgets nothing (security case T35).
            _clock.StepWallClock(TimeSpan.FromDays(1));
            _clock.Advance(Delays.Forget);
            await AssertTakesAsync(
                accounts.LogInAsync(Try("anna", "right", Here), TestContext.Current.CancellationToken).AsTask(), seconds);
        }
    }

    [Fact]
    public async Task Guesses_made_side_by_side_are_all_counted()
    {
        var accounts = Accounts();
        var guesses = Enumerable.Range(0, 10)
            .Select(_ => accounts.LogInAsync(Try("anna", "wrong", Here), TestContext.Current.CancellationToken).AsTask()).ToArray();
        _clock.Advance(Delays.Most);
        await Task.WhenAll(guesses);
        await AssertTakesAsync(accounts.LogInAsync(Try("anna", "right", Here), TestContext.Current.CancellationToken).AsTask(), 10);
    }

    [Fact]
    public async Task A_guesser_who_hangs_up_on_a_slow_answer_has_failed_all_the_same()
    {
        var accounts = Accounts();
        using var hangUp = new CancellationTokenSource();
        var guess = accounts.LogInAsync(Try("anna", "wrong", Here), hangUp.Token).AsTask();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guess);
        await AssertTakesAsync(accounts.LogInAsync(Try("anna", "right", Here), TestContext.Current.CancellationToken).AsTask(), 0.5);
    }

    [Fact]
    public async Task Trusted_networks_never_wait()
    {
        var accounts = Accounts("192.0.2.0/24");
        for (int i = 0; i < 10; i++)
        {
            var login = accounts.LogInAsync(Try("anna", "wrong", Here), TestContext.Current.CancellationToken).AsTask();
            await AssertTakesAsync(login);
        }

        Assert.True(accounts.IsTrusted(Here));
        Assert.False(accounts.IsTrusted(There));
    }

    [Theory]
    [InlineData("anna", "wrong password")]
    [InlineData("nobody", "no such account")]
    [InlineData("keys", "the account has no password, only keys")]
    public async Task A_refusal_is_one_line_that_says_why_without_the_password(string user, string why)
    {
        var login = Accounts().LogInAsync(Try(user, "s3cret", Here), TestContext.Current.CancellationToken).AsTask();
        _clock.Advance(Delays.First);
        Assert.Equal(why, Assert.IsType<LoginResult.Refused>(await login).Reason);
        Assert.Equal($"s1 \"{user}\" refused from 192.0.2.1 over ftp: {why}", Assert.Single(_log));
    }

    [Theory]
    [InlineData("anna", "anna", null)]
    [InlineData("keys", "keys", null)]
    [InlineData("anna", "keys", "the certificate is for another name")]
    [InlineData("nobody", "nobody", "no such account")]
    public async Task A_certificate_logs_the_account_in_that_it_names_and_no_other(string named, string user, string? refusal)
    {
        using var certificate = TestCertificates.Issuer.Client($"CN={named}");
        var proof = Credential.ClientCertificate.From(certificate.RawDataMemory)!;
        var login = Accounts().LogInAsync(new(user, proof, new Peer(Here, "ftps", "s1")), TestContext.Current.CancellationToken).AsTask();
        _clock.Advance(refusal is null ? TimeSpan.Zero : Delays.First);
        switch (await login)
        {
            case LoginResult.Accepted accepted:
                Assert.Equal((user, null), (accepted.Login.Name, refusal));
                Assert.Equal($"s1 \"{user}\" logged in from 192.0.2.1 over ftps by certificate {proof.Fingerprint}", Assert.Single(_log));
                break;
            case LoginResult.Refused refused:
                Assert.Equal(refusal, refused.Reason);
                break;
        }
    }

    [Fact]
    public async Task A_certificate_is_no_login_where_a_key_is_required()
    {
        using var certificate = TestCertificates.Issuer.Client("CN=anna");
        var accounts = new CommandLineAccounts([new("anna", "right")], _ => null!, TrustedNetworks.None, Delays, _clock, new ListLogger(_log)) { Required = LoginSequence.Key };
        var login = accounts.LogInAsync(
            new("anna", Credential.ClientCertificate.From(certificate.RawDataMemory)!, new Peer(Here, "ftps", "s1")), TestContext.Current.CancellationToken).AsTask();
        _clock.Advance(Delays.First);
        Assert.IsType<LoginResult.Refused>(await login);
    }

    [Fact]
    public async Task T30_a_user_name_cannot_forge_a_log_line_nor_fill_the_log()
    {
        string name = "x\r\n\u001b[2Js9 \"root\" logged in" + new string('y', 4000);
        var login = Accounts().LogInAsync(Try(name, "wrong", Here), TestContext.Current.CancellationToken).AsTask();
        _clock.Advance(Delays.First);
        await login;
        string line = Assert.Single(_log);
        Assert.StartsWith("s1 \"x\\x0D\\x0A\\x1B[2Js9", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.True(line.Length < 300);
    }

    [Fact]
    public void The_memory_of_sources_is_bounded_and_loses_the_oldest_first()
    {
        var sources = new FailedSources(Delays with { Sources = 3 }, _clock);
        for (byte i = 1; i <= 5; i++)
        {
            sources.Failed(new IPAddress([10, 0, 0, i]));
        }

        Assert.Equal(3, sources.Count);
        Assert.Equal([0, 0, 1, 1, 1], Enumerable.Range(1, 5).Select(i => sources.Failures(new IPAddress([10, 0, 0, (byte)i]))));
        _clock.Advance(Delays.Forget);
        sources.Failed(Here);
        Assert.Equal(1, sources.Count);
    }

    private CommandLineAccounts Accounts(params string[] trusted) => new(
        [new("anna", "right"), new("keys", null), new("hollow", "")], _ => null!, TrustedNetworks.Parse(trusted), Delays, _clock,
        new ListLogger(_log));

    private static LoginAttempt Try(string user, string password, IPAddress from) =>
        new(user, new Credential.Password(password), new Peer(from, "ftp", "s1"));

    private async Task FailAsync(CommandLineAccounts accounts, IPAddress from, int times)
    {
        for (int i = 1; i <= times; i++)
        {
            var login = accounts.LogInAsync(Try("anna", "wrong", from), TestContext.Current.CancellationToken).AsTask();
            double before = Delays.For(i - 1).TotalSeconds;
            await AssertTakesAsync(login, before, Delays.For(i).TotalSeconds - before);
        }
    }

    /// <summary>
    /// It ends after these waits and not before: the first is what earlier failures cost, before the password is looked at, the
    /// second what a new failure adds.
    /// </summary>
    private async Task AssertTakesAsync(Task<LoginResult> login, params double[] seconds)
    {
        foreach (var wait in seconds.Where(wait => wait > 0).Select(TimeSpan.FromSeconds))
        {
            await _clock.TimerDueIn(wait);
            Assert.False(login.IsCompleted);
            _clock.Advance(wait);
        }

        await login;
    }

    private sealed class ListLogger(List<string> lines) : ILogger<CommandLineAccounts>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Information, logLevel);
            lines.Add(formatter(state, exception));
        }
    }
}
