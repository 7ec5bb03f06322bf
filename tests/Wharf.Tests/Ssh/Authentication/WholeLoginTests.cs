using System.Globalization;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Server.Accounts;
using Wharf.Net;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;
using Wharf.Tests.Ssh.Keys;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>
/// Logins from the first byte of a connection on, by the accounts of the daemon: every kind of key, certificates and security
/// keys with what restricts them, required sequences. The network is trusted, so that no refusal takes time.
/// </summary>
public sealed class WholeLoginTests
{
    private const string User = "anna";
    private const string Password = "right";

    public static TheoryData<string> KeyTypes => [.. new[] { "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa" }];

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public async Task Every_kind_of_key_logs_in_by_every_algorithm_it_has(string type)
    {
        using var key = Key(type);
        await using var pair = Start(new PublicKeyLine(key.Public, "").ToString());
        foreach (string algorithm in key.SignatureAlgorithms)
        {
            Assert.Equal(UserauthSuccess.Number, await ProveAsync(pair, key.Public, algorithm, data => key.Sign(algorithm, data)));
        }

        await using var client = await pair.LogInAsync(identity: new ClientIdentity(User) { Keys = [key] });
        await pair.OpenSftpAsync(client);
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public async Task Every_kind_of_certificate_logs_in(string type)
    {
        using var key = Key(type);
        var authority = new TestAuthority { Principals = [User] };
        var certificate = authority.Certify(key.Public);
        await using var pair = Start(authority.Line());
        Assert.Equal(UserauthSuccess.Number, await ProveAsync(pair, certificate, Certified(key.SignatureAlgorithms[0]), data => key.Sign(key.SignatureAlgorithms[0], data)));
    }

    [Fact]
    public async Task T15_a_certificate_that_says_no_is_no_login()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        var authority = new TestAuthority { Principals = [User] };
        ulong now = (ulong)new ManualClock().GetUtcNow().ToUnixTimeSeconds();
        (string Why, TestAuthority Authority, bool IsLogin)[] cases =
        [
            ("all is right", authority, true),
            ("no principals", authority with { Principals = [] }, false),
            ("another principal", authority with { Principals = ["root", "Anna", "anna "] }, false),
            ("expired", authority with { ValidBefore = now }, false),
            ("not yet expired", authority with { ValidBefore = now + 1 }, true),
            ("not valid yet", authority with { ValidAfter = now + 1 }, false),
            ("just valid", authority with { ValidAfter = now }, true),
            ("another source", authority with { CriticalOptions = [("source-address", TestAuthority.Text("198.51.100.0/24,2001:db8::/32"))] }, false),
            ("this source", authority with { CriticalOptions = [("source-address", TestAuthority.Text("192.0.2.0/24"))] }, true),
            ("an unknown critical option", authority with { CriticalOptions = [("only-on-sundays@example.org", [])] }, false),
            ("a forced command", authority with { CriticalOptions = [("force-command", TestAuthority.Text("/bin/date"))] }, false),
            ("a host's certificate", authority with { Type = 2 }, false),
            ("signed by another than it says", authority with { Claimed = new TestAuthority().Public }, false),
        ];
        foreach (var (why, signs, isLogin) in cases)
        {
            await using var pair = Start(authority.Line());
            byte answer = await ProveAsync(pair, signs.Certify(key.Public), Certified("ssh-ed25519"), data => key.Sign("ssh-ed25519", data));
            Assert.True(isLogin == (answer == UserauthSuccess.Number), $"{why}: {answer}");
        }

        // Right in all, but by a CA that is not on the list, and with a signature by another key than the certificate's.
        await using var last = Start(authority.Line());
        using var other = SigningKey.Generate("ssh-ed25519");
        var foreign = new TestAuthority { Principals = [User] };
        Assert.Equal(UserauthFailure.Number, await ProveAsync(last, foreign.Certify(key.Public), Certified("ssh-ed25519"), data => key.Sign("ssh-ed25519", data)));
        Assert.Equal(UserauthFailure.Number, await ProveAsync(last, authority.Certify(key.Public), Certified("ssh-ed25519"), data => other.Sign("ssh-ed25519", data)));
        Assert.Equal(UserauthFailure.Number, await ProveAsync(last, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data)));
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("ecdsa-sha2-nistp256")]
    public async Task T15_a_security_key_logs_in_where_its_user_was_there(string type)
    {
        (string Options, byte Flags, bool IsLogin)[] cases =
        [
            ("", 1, true),
            ("", 5, true),
            ("", 0, false),
            ("", 4, false),
            ("no-touch-required ", 0, true),
            ("verify-required ", 1, false),
            ("verify-required ", 5, true),
        ];
        using var token = new TestToken(type);
        foreach (var (options, flags, isLogin) in cases)
        {
            await using var pair = Start(options + new PublicKeyLine(token.Public, ""));
            byte answer = await ProveAsync(pair, token.Public, token.Public.Type, data => token.Sign(data, flags));
            Assert.True(isLogin == (answer == UserauthSuccess.Number), $"{options}{flags}: {answer}");
        }
    }

    [Fact]
    public async Task T15_a_signature_is_good_for_its_own_session_user_key_and_request_and_no_other()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        using var other = SigningKey.Generate("ssh-ed25519");
        await using var pair = Start($"{new PublicKeyLine(key.Public, "")}");
        var (elsewhere, serving) = pair.Connect();
        using var first = pair.Raw(elsewhere);
        await first.ShakeAsync();

        // Signed in another session of the same server: a man in the middle's.
        Assert.Equal(UserauthFailure.Number, await ProveAsync(pair, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data), signsFor: first.SessionId));

        // For another user, for another method, by another key behind a question about the right one.
        Assert.Equal(UserauthFailure.Number, await ProveAsync(pair, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data), signsUser: "bert"));
        Assert.Equal(UserauthFailure.Number, await ProveAsync(pair, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data), signsMethod: "hostbased"));
        Assert.Equal(UserauthFailure.Number, await ProveAsync(pair, key.Public, "ssh-ed25519", data => other.Sign("ssh-ed25519", data), asksFirst: true));
        Assert.Equal(UserauthFailure.Number, await ProveAsync(pair, other.Public, "ssh-ed25519", data => other.Sign("ssh-ed25519", data), asksAbout: key.Public));
        Assert.Equal(UserauthSuccess.Number, await ProveAsync(pair, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data), asksFirst: true));
        elsewhere.Abort();
        await serving.WaitAsync(pair.Token);
    }

    [Fact]
    public async Task T15_only_the_algorithms_of_the_list_are_taken_for_users_keys()
    {
        using var key = Key("ssh-rsa");
        await using var pair = Start(new PublicKeyLine(key.Public, "").ToString(), algorithms: ["rsa-sha2-512"]);
        Assert.Equal(UserauthFailure.Number, await ProveAsync(pair, key.Public, "rsa-sha2-256", data => key.Sign("rsa-sha2-256", data)));
        Assert.Equal(UserauthSuccess.Number, await ProveAsync(pair, key.Public, "rsa-sha2-512", data => key.Sign("rsa-sha2-512", data)));
    }

    [Fact]
    public async Task T15_a_key_restricted_to_another_address_is_refused_in_question_and_proof()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        foreach (var (from, isLogin) in new[] { ("198.51.100.0/24", false), ("192.0.2.0/24,!192.0.2.1", false), ("192.0.2.1", true) })
        {
            await using var pair = Start($"from=\"{from}\" {new PublicKeyLine(key.Public, "")}");
            using var client = pair.Raw();
            await client.ShakeAsync();
            await client.AskForLoginAsync();
            await client.SendAsync(UserauthRequest.Of(User, "publickey", new PublickeyFields("ssh-ed25519", key.Public.Bytes, null, null)));
            Assert.Equal(isLogin ? UserauthPkOk.Number : UserauthFailure.Number, await AnswerAsync(client));
            Assert.Equal(isLogin ? UserauthSuccess.Number : UserauthFailure.Number, await ProveAsync(pair, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data)));
        }
    }

    [Fact]
    public async Task T15_a_required_sequence_begins_with_the_key_and_offers_nothing_else()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        await using var pair = Start(new PublicKeyLine(key.Public, "").ToString(), LoginSequence.KeyThenPassword);
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        await client.SendAsync(UserauthRequest.Of(User, "none", default(NoneFields)));
        Assert.Equal(["publickey"], (await client.NextAsync<UserauthFailure>()).Methods);
        await client.SendAsync(RawSshClient.ByPassword(User, Password));
        Assert.Equal(["publickey"], (await client.NextAsync<UserauthFailure>()).Methods);
        await client.SendAsync(UserauthRequest.Of(User, "keyboard-interactive", new KeyboardInteractiveFields("", "")));
        Assert.Equal(["publickey"], (await client.NextAsync<UserauthFailure>()).Methods);
        await client.SendAsync(Proof(client, key.Public, "ssh-ed25519", data => key.Sign("ssh-ed25519", data)));
        var partial = await client.NextAsync<UserauthFailure>();
        Assert.True(partial.PartialSuccess);
        Assert.Equal(["password", "keyboard-interactive"], partial.Methods);
        await client.SendAsync(RawSshClient.ByPassword(User, Password));
        await client.NextAsync<UserauthSuccess>();

        await using var ours = await pair.LogInAsync(
            identity: new ClientIdentity(User) { Keys = [key], Password = (_, _) => new(Password) }, connection: pair.Connect().Client);
        await Assert.ThrowsAsync<ConnectionException>(() => pair.LogInAsync(
            identity: new ClientIdentity(User) { Password = (_, _) => new(Password) }, connection: pair.Connect().Client));
    }

    [Theory]
    [InlineData(User, "")]
    [InlineData("hollow", "")]
    [InlineData("keys", "")]
    [InlineData("", "")]
    [InlineData(User, "right\0")]
    [InlineData(User, "RIGHT")]
    [InlineData("anna\0", Password)]
    [InlineData("Anna", Password)]
    [InlineData(" anna", Password)]
    public async Task T17_nothing_empty_and_nothing_nearly_right_logs_in(string user, string password)
    {
        await using var pair = Start("");
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        await client.SendAsync(UserauthRequest.Of(user, "none", default(NoneFields)));
        Assert.Equal(UserauthFailure.Number, await AnswerAsync(client));
        await client.SendAsync(RawSshClient.ByPassword(user, password));
        Assert.Equal(UserauthFailure.Number, await AnswerAsync(client));
        await client.SendAsync(UserauthRequest.Of(user, "keyboard-interactive", new KeyboardInteractiveFields("", "")));
        await client.NextAsync<UserauthInfoRequest>();
        await client.SendAsync(new UserauthInfoResponse([password]));
        Assert.Equal(UserauthFailure.Number, await AnswerAsync(client));
        await client.SendAsync(UserauthRequest.Of(user, "publickey", new PublickeyFields("ssh-ed25519", default, null, default(ReadOnlyMemory<byte>))));
        Assert.Equal(UserauthFailure.Number, await AnswerAsync(client));
    }

    [Fact]
    public async Task T18_every_method_says_the_same_to_somebody_who_is_known_and_to_nobody()
    {
        using var stranger = SigningKey.Generate("ssh-ed25519");
        using var key = SigningKey.Generate("ssh-ed25519");
        var known = await AnswersAsync(User);
        Assert.Equal(known, await AnswersAsync("keys"));
        Assert.Equal(known, await AnswersAsync("hollow"));
        Assert.Equal(known, await AnswersAsync("nobody"));
        Assert.Equal(known, await AnswersAsync(""));
        Assert.Equal(known, await AnswersAsync("root' OR 1=1 --"));

        async Task<List<string>> AnswersAsync(string user)
        {
            await using var pair = Start(new PublicKeyLine(key.Public, "").ToString());
            using var client = pair.Raw();
            await client.ShakeAsync();
            await client.AskForLoginAsync();
            List<string> answers = [];
            await SayAsync(UserauthRequest.Of(user, "none", default(NoneFields)));
            await SayAsync(RawSshClient.ByPassword(user, "wrong"));
            await SayAsync(UserauthRequest.Of(user, "keyboard-interactive", new KeyboardInteractiveFields("", "")));
            await client.SendAsync(new UserauthInfoResponse(["wrong"]));
            answers.Add(Convert.ToHexString((await client.ReceiveAsync())!));
            await SayAsync(UserauthRequest.Of(user, "publickey", new PublickeyFields("ssh-ed25519", stranger.Public.Bytes, null, null)));
            await SayAsync(Proof(client, stranger.Public, "ssh-ed25519", data => stranger.Sign("ssh-ed25519", data), user));
            await SayAsync(UserauthRequest.Of(user, "hostbased", default(NoneFields)));
            await client.SendAsync(UserauthRequest.Of(user, "hostbased", default(NoneFields)));
            answers.AddRange((await client.ReceiveToEndAsync()).Select(Convert.ToHexString));
            return answers;

            async Task SayAsync(UserauthRequest request)
            {
                await client.SendAsync(request);
                answers.Add(await client.ReceiveAsync() is { } answer ? Convert.ToHexString(answer) : "over");
            }
        }
    }

    [Fact]
    public async Task T22_a_key_of_16384_bits_costs_a_refusal_and_the_session_goes_on()
    {
        byte[] modulus = new byte[2049];
        Random.Shared.NextBytes(modulus);
        modulus[0] = 0;
        modulus[1] |= 0x80;
        modulus[^1] |= 1;
        var giant = TestKeys.Blob("ssh-rsa", (in w) =>
        {
            w.MpInt([1, 0, 1]);
            w.MpInt(modulus);
        });
        await using var pair = Start(new PublicKeyLine(SshPair.HostKey.Public, "").ToString());
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        await client.SendAsync(UserauthRequest.Of(User, "publickey", new PublickeyFields("rsa-sha2-512", giant.Bytes, null, null)));
        Assert.Equal(UserauthFailure.Number, await AnswerAsync(client));
        await client.SendAsync(Proof(client, giant, "rsa-sha2-512", _ => new byte[2068]));
        Assert.Equal(UserauthFailure.Number, await AnswerAsync(client));
        await client.SendAsync(RawSshClient.ByPassword(User, Password));
        Assert.Equal(UserauthSuccess.Number, await AnswerAsync(client));
    }

    [Fact]
    public async Task T22_the_sixth_wrong_try_ends_the_connection_with_words()
    {
        await using var pair = Start("");
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        for (int i = 1; i < new AuthenticationLimits().Tries; i++)
        {
            await client.SendAsync(RawSshClient.ByPassword(User, i.ToString(CultureInfo.InvariantCulture)));
            await client.NextAsync<UserauthFailure>();
        }

        await client.SendAsync(RawSshClient.ByPassword(User, "wrong"));
        await client.SendAsync(RawSshClient.ByPassword(User, Password));
        Assert.Equal([Disconnect.Number], (await client.ReceiveToEndAsync()).Select(answer => answer[0]));
        Assert.Contains("LoginsFailed", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T34_failures_over_SSH_delay_the_next_answer_of_their_source_and_time_heals()
    {
        var delays = new LoginDelays();
        await using var pair = Start("", trusted: "");
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        await client.SendAsync(RawSshClient.ByPassword(User, "wrong"));
        await pair.Clock.TimerDueIn(delays.For(1)).WaitAsync(pair.Token);
        pair.Clock.Advance(delays.For(1));
        await client.NextAsync<UserauthFailure>();

        // What is owed is paid before even the right password is looked at.
        await client.SendAsync(RawSshClient.ByPassword(User, Password));
        await pair.Clock.TimerDueIn(delays.For(1)).WaitAsync(pair.Token);
        pair.Clock.Advance(delays.For(1));
        await client.NextAsync<UserauthSuccess>();
        pair.Clock.Advance(delays.Forget);
        var (again, _) = pair.Connect();
        using var later = pair.Raw(again);
        await later.ShakeAsync();
        await later.AskForLoginAsync();
        await later.SendAsync(RawSshClient.ByPassword(User, Password));
        await later.NextAsync<UserauthSuccess>();
        await again.DisposeAsync();
    }

    private static SshPair Start(string keys, LoginSequence? required = null, string trusted = "192.0.2.0/24", IReadOnlyList<string>? algorithms = null) =>
        SshPair.Start(
            options => options with
            {
                FirstMethods = (required ?? LoginSequence.Any).First,
                Algorithms = algorithms is null ? options.Algorithms : options.Algorithms with { PublicKeys = algorithms },
            },
            accounts: pair => new CommandLineAccounts(
                [new UserArgument(User, Password), new UserArgument("hollow", "")], _ => pair.Files, TrustedNetworks.ParseList(trusted), new LoginDelays(),
                pair.Clock, new Logger<CommandLineAccounts>(pair.Log))
            {
                Keys = new UserKeys([(User, AuthorizedKeys.Parse(keys)), ("keys", AuthorizedKeys.Parse(keys))]),
                Required = required ?? LoginSequence.Any,
            });

    /// <summary>Whether somebody logs in by that key on a connection of his own: the number of the answer.</summary>
    private static async Task<byte> ProveAsync(
        SshPair pair, PublicKeyBlob key, string algorithm, Func<byte[], byte[]> sign, byte[]? signsFor = null, string? signsUser = null,
        string? signsMethod = null, bool asksFirst = false, PublicKeyBlob? asksAbout = null)
    {
        var (connection, serving) = pair.Connect();
        using var client = pair.Raw(connection);
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        if (asksFirst || asksAbout is not null)
        {
            await client.SendAsync(UserauthRequest.Of(User, "publickey", new PublickeyFields(algorithm, (asksAbout ?? key).Bytes, null, null)));
            await client.NextAsync<UserauthPkOk>();
        }

        var fields = new PublickeyFields(algorithm, key.Bytes, null, null);
        byte[] data = fields.SignedData(signsFor ?? client.SessionId, UserauthRequest.Of(signsUser ?? User, signsMethod ?? "publickey", fields)).ToArray();
        await client.SendAsync(UserauthRequest.Of(User, "publickey", fields with { Signature = sign(data) }));
        byte answer = await AnswerAsync(client);
        await connection.DisposeAsync();
        await serving.WaitAsync(pair.Token);
        return answer;
    }

    private static UserauthRequest Proof(RawSshClient client, PublicKeyBlob key, string algorithm, Func<byte[], byte[]> sign, string user = User)
    {
        var fields = new PublickeyFields(algorithm, key.Bytes, null, null);
        byte[] data = fields.SignedData(client.SessionId, UserauthRequest.Of(user, "publickey", fields)).ToArray();
        return UserauthRequest.Of(user, "publickey", fields with { Signature = sign(data) });
    }

    private static SigningKey Key(string type) => type == "ssh-rsa" ? TestKeys.Read(TestKeys.RsaFile) : SigningKey.Generate(type);

    private static string Certified(string algorithm) => algorithm + "-cert-v01@openssh.com";

    /// <summary>The number of the next message of the login.</summary>
    private static async Task<byte> AnswerAsync(RawSshClient client)
    {
        byte[]? answer;
        do
        {
            answer = await client.ReceiveAsync();
        }
        while (answer is { } early && early[0] is not (>= 50 and <= 79));
        return answer is null ? (byte)0 : answer[0];
    }
}
