using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Server;
using Wharf.Server.Accounts;
using Wharf.Server.Settings;
using Wharf.Ssh.Keys;
using Wharf.Tests.Files;
using Wharf.Tests.Support;

namespace Wharf.Tests.Server;

/// <summary>--authorized-keys and ssh.required-methods. That a proof is one is not proven here, but where signatures are checked.</summary>
public sealed class KeyAccountsTests : IDisposable
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly LoginDelays Delays = new();

    private readonly ManualClock _clock = new();
    private readonly SigningKey _key = SigningKey.Generate("ssh-ed25519");
    private readonly SigningKey _stranger = SigningKey.Generate("ssh-ed25519");

    private readonly string _folder = TemporaryDirectory.Create();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _key.Dispose();
        _stranger.Dispose();
    }

    [Theory]
    [InlineData("anna")]
    [InlineData("keys")]
    public async Task An_account_with_a_key_logs_in_by_it_with_a_password_or_without(string user)
    {
        var accounts = Accounts();
        Assert.True(await accounts.AcceptsKeyAsync(user, _key.Public, Peer(), TestContext.Current.CancellationToken));
        Assert.IsType<LoginResult.Accepted>(await LogInAsync(accounts, user, Proof(_key)));
    }

    [Theory]
    [InlineData("anna", true)]
    [InlineData("nobody", false)]
    [InlineData("nobody", true)]
    [InlineData("hollow", false)]
    [InlineData("", false)]
    public async Task T18_a_key_that_is_not_the_accounts_is_refused_in_the_same_time_whoever_it_is(string user, bool stranger)
    {
        var accounts = Accounts();
        var key = stranger ? _stranger : _key;
        Assert.False(await accounts.AcceptsKeyAsync(user, key.Public, Peer(), TestContext.Current.CancellationToken));
        var login = LogInAsync(accounts, user, Proof(key));
        await AssertTakesAsync(login, Delays.First);
        Assert.IsType<LoginResult.Refused>(await login);
    }

    [Fact]
    public async Task T34_wrong_keys_and_what_the_protocol_refused_slow_down_their_source_and_questions_do_not()
    {
        var accounts = Accounts();
        for (int i = 0; i < 5; i++)
        {
            await accounts.AcceptsKeyAsync("anna", _stranger.Public, Peer(), TestContext.Current.CancellationToken);
        }

        await LogInAsync(accounts, "anna", Proof(_key));
        var failed = accounts.FailedAsync(Peer(), TestContext.Current.CancellationToken).AsTask();
        await AssertTakesAsync(failed, Delays.First);
        var again = LogInAsync(accounts, "anna", Proof(_key));
        await AssertTakesAsync(again, Delays.First);
        Assert.IsType<LoginResult.Accepted>(await again);
    }

    [Fact]
    public async Task A_required_sequence_is_the_key_and_then_the_password()
    {
        var accounts = Accounts(LoginSequence.KeyThenPassword);
        var more = Assert.IsType<LoginResult.NeedMore>(await LogInAsync(accounts, "anna", Proof(_key)));
        Assert.Equal(["password"], more.Methods);
        Assert.IsType<LoginResult.Accepted>(await LogInAsync(accounts, "anna", new Credential.Password("right"), Proof(_key)));
    }

    [Fact]
    public async Task T15_no_part_of_a_required_sequence_can_be_left_out_or_changed_in_order()
    {
        Credential password = new Credential.Password("right");
        await AssertRefusedAsync(LoginSequence.KeyThenPassword, password);
        await AssertRefusedAsync(LoginSequence.KeyThenPassword, password, password);
        await AssertRefusedAsync(LoginSequence.KeyThenPassword, Proof(_key), password);
        await AssertRefusedAsync(LoginSequence.KeyThenPassword, Proof(_key), Proof(_key));
        await AssertRefusedAsync(LoginSequence.KeyThenPassword, new Credential.Password("wrong"), Proof(_key));
        await AssertRefusedAsync(LoginSequence.Key, password);
    }

    [Fact]
    public async Task T13_FTP_is_no_way_around_a_required_key()
    {
        foreach (string protocol in new[] { "ftp", "ftps" })
        {
            Assert.IsType<LoginResult.Accepted>(await LogInAsync(Accounts(), "anna", new Credential.Password("right"), protocol));
            foreach (var required in new[] { LoginSequence.Key, LoginSequence.KeyThenPassword })
            {
                var login = LogInAsync(Accounts(required), "anna", new Credential.Password("right"), protocol);
                await AssertTakesAsync(login, Delays.First);
                Assert.IsType<LoginResult.Refused>(await login);
            }
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("publickey", "publickey")]
    [InlineData("publickey,password", "publickey password")]
    public void The_setting_names_the_sequence(string value, string methods) =>
        Assert.Equal(methods, string.Join(' ', SettingTable.Read([$"ssh.required-methods={value}"]).RequiredMethods.Methods));

    [Fact]
    public void A_sequence_that_cannot_be_is_refused() =>
        Assert.Throws<UsageException>(() => SettingTable.Read(["ssh.required-methods=password,publickey"]));

    [Fact]
    public async Task Keys_are_read_from_files_and_a_line_that_cannot_be_used_lets_nobody_in()
    {
        string path = Path.Combine(_folder, "keys");
        await File.WriteAllTextAsync(
            path, $"# anna's\nno-such-option {Line(_stranger)}\n{Line(_key)} anna@desk\n", TestContext.Current.CancellationToken);
        var keys = UserKeys.Load([new("anna", path)], NullLogger.Instance);
        Assert.Null(keys.RefusalToAsk(_key.Public, "anna", Here, _clock.GetUtcNow()));
        Assert.NotNull(keys.RefusalToAsk(_key.Public, "bert", Here, _clock.GetUtcNow()));
        Assert.NotNull(keys.RefusalToAsk(_stranger.Public, "anna", Here, _clock.GetUtcNow()));
    }

    [Fact]
    public void A_file_of_keys_that_cannot_be_read_is_told_at_the_start()
    {
        Assert.Throws<UsageException>(() => UserKeys.Load([new("anna", _folder)], NullLogger.Instance));
        string path = Path.Combine(_folder, "large");
        File.WriteAllBytes(path, new byte[(1 << 20) + 1]);
        Assert.Throws<UsageException>(() => UserKeys.Load([new("anna", path)], NullLogger.Instance));
    }

    private static string Line(SigningKey key) => $"{key.Public.Type} {Convert.ToBase64String(key.Public.Bytes.Span)}";

    private static Credential.ProvenKey Proof(SigningKey key) => new(key.Public, userPresent: true, userVerified: false);

    private static Peer Peer(string protocol = "sftp") => new(Here, protocol, "s1");

    private CommandLineAccounts Accounts(LoginSequence? required = null) => new(
        [new("anna", "right"), new("keys", null), new("hollow", null)], _ => null!, TrustedNetworks.None, Delays, _clock,
        NullLogger<CommandLineAccounts>.Instance)
    {
        Keys = new UserKeys([("anna", AuthorizedKeys.Parse(Line(_key))), ("keys", AuthorizedKeys.Parse(Line(_key)))]),
        Required = required ?? LoginSequence.Any,
    };

    private static Task<LoginResult> LogInAsync(CommandLineAccounts accounts, string user, Credential credential, params Credential[] earlier) =>
        accounts.LogInAsync(new LoginAttempt(user, credential, Peer()) { Earlier = earlier }, TestContext.Current.CancellationToken).AsTask();

    private static Task<LoginResult> LogInAsync(CommandLineAccounts accounts, string user, Credential credential, string protocol) =>
        accounts.LogInAsync(new LoginAttempt(user, credential, Peer(protocol)), TestContext.Current.CancellationToken).AsTask();

    private async Task AssertRefusedAsync(LoginSequence required, Credential credential, params Credential[] earlier)
    {
        var login = LogInAsync(Accounts(required), "anna", credential, earlier);
        await AssertTakesAsync(login, Delays.First);
        Assert.IsType<LoginResult.Refused>(await login);
    }

    private async Task AssertTakesAsync(Task task, TimeSpan wait)
    {
        await _clock.TimerDueIn(wait);
        Assert.False(task.IsCompleted);
        _clock.Advance(wait);
        await task;
    }
}
