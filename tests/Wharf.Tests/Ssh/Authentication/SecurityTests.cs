using Wharf.Ssh.Authentication;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>What a client that has proven nothing can do and learn over SSH, as far as the authentication protocol goes.</summary>
public sealed class SecurityTests
{
    /// <summary>The stages of a login between which anything may be sent.</summary>
    public static TheoryData<string> Stages => ["nothing", "none", "wrong password", "question", "wrong answer", "key question"];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task T14_no_message_number_leads_anywhere_but_a_request_that_proves_itself(string stage)
    {
        for (int number = 1; number <= 255; number++)
        {
            foreach (string body in new[] { "", "00", "00000000", "00000001 00000005 7269676874", "00000004 616E6E61 00000000 00000000" })
            {
                var desk = new LoginDesk();
                await ReachAsync(desk, stage);
                int sent = desk.Sent.Count;
                int attempts = desk.Accounts.Attempts.Count;
                try
                {
                    var step = await desk.Server.HandleAsync((byte)number, Golden.Bytes(body), TestContext.Current.CancellationToken);
                    bool isRequest = number == 50;
                    bool isAnswer = number == 61 && stage == "question";
                    Assert.True(
                        step is AuthenticationStep.Unimplemented
                        || (isRequest && step is AuthenticationStep.End)
                        || (isAnswer && (step is AuthenticationStep.GoOn || body.StartsWith("00000001", StringComparison.Ordinal))),
                        $"{number} {body}: {step}");
                    Assert.True(isAnswer || desk.Sent.Count == sent);
                    Assert.True(isAnswer || desk.Accounts.Attempts.Count == attempts);
                }
                catch (WireException)
                {
                    Assert.Equal(attempts, desk.Accounts.Attempts.Count);
                    Assert.Equal(sent, desk.Sent.Count);
                }
            }
        }
    }

    [Theory]
    [InlineData("anna", "")]
    [InlineData("", "")]
    [InlineData("", "right")]
    [InlineData("anna", "\0")]
    [InlineData("anna", "right\0")]
    [InlineData("anna\0", "right")]
    [InlineData("ANNA", "right")]
    public async Task T17_empty_and_nearly_right_passwords_reach_the_accounts_as_they_are_and_are_refused(string user, string password)
    {
        foreach (bool keyboard in new[] { false, true })
        {
            var desk = new LoginDesk();
            var step = keyboard ? await desk.KeyboardAsync(user, password) : await desk.PasswordAsync(user, password);
            Assert.IsType<AuthenticationStep.GoOn>(step);
            desk.AssertFailure("publickey", "password", "keyboard-interactive");
            var attempt = Assert.Single(desk.Accounts.Attempts);
            Assert.Equal((user, new Wharf.Accounts.Credential.Password(password)), (attempt.User, attempt.Credential));
        }
    }

    [Fact]
    public async Task T18_the_answers_are_the_same_bytes_for_known_and_unknown_users_in_every_method()
    {
        var known = await AnswersAsync("anna");
        Assert.Equal(known, await AnswersAsync("bert"));
        Assert.Equal(known, await AnswersAsync(""));
        Assert.Equal(known, await AnswersAsync("root' OR 1=1"));

        static async Task<List<string>> AnswersAsync(string user)
        {
            var desk = new LoginDesk(limits: new() { Tries = 100 });
            await desk.NoneAsync(user);
            await desk.PasswordAsync(user, "wrong");
            await desk.PasswordAsync(user, new string('x', 5000));
            await desk.KeyboardAsync(user, "wrong");
            await desk.RequestAsync(user, "publickey", new PublickeyFields("ssh-ed25519", default, null, null));
            await desk.RequestAsync(user, "publickey", new PublickeyFields("no-such", default, null, new byte[3]));
            await desk.RequestAsync(user, "hostbased", default(NoneFields));
            return [.. desk.Sent.Select(Convert.ToHexString)];
        }
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    [InlineData(200_000, false)]
    public async Task T22_a_password_beyond_the_limit_is_refused_unseen_and_counts_as_wrong(int length, bool isSeen)
    {
        foreach (bool keyboard in new[] { false, true })
        {
            var desk = new LoginDesk();
            string password = new('x', length);
            Assert.IsType<AuthenticationStep.GoOn>(
                keyboard ? await desk.KeyboardAsync("anna", password) : await desk.PasswordAsync("anna", password));
            desk.AssertFailure("publickey", "password", "keyboard-interactive");
            Assert.Equal(isSeen ? 1 : 0, desk.Accounts.Attempts.Count);
            Assert.Equal(isSeen ? 0 : 1, desk.Accounts.Failures);
        }
    }

    [Fact]
    public async Task T22_the_sixth_wrong_try_ends_the_session()
    {
        var desk = new LoginDesk();
        await desk.NoneAsync("anna");
        for (int i = 1; i < 6; i++)
        {
            Assert.IsType<AuthenticationStep.GoOn>(i % 2 == 0 ? await desk.KeyboardAsync("anna", "no") : await desk.PasswordAsync("anna", "no"));
        }

        var end = Assert.IsType<AuthenticationStep.End>(await desk.PasswordAsync("anna", "no"));
        Assert.Equal((2u, "Too many authentication failures."), (end.Reason, end.Words));
        Assert.Equal(6, desk.Accounts.Attempts.Count);

        // Each was counted by the accounts already.
        Assert.Equal(0, desk.Accounts.Failures);
    }

    [Fact]
    public async Task T22_changing_the_name_buys_no_new_tries()
    {
        var desk = new LoginDesk();
        for (int i = 1; i < 6; i++)
        {
            await desk.PasswordAsync($"user{i}", "no");
        }

        Assert.IsType<AuthenticationStep.End>(await desk.PasswordAsync("anna", "right1"));
    }

    [Fact]
    public async Task T22_requests_that_fail_nothing_are_bounded_too()
    {
        var desk = new LoginDesk();
        for (int i = 0; i < 64; i++)
        {
            Assert.IsType<AuthenticationStep.GoOn>(await desk.AskKeyboardAsync("anna"));
        }

        Assert.IsType<AuthenticationStep.End>(await desk.AskKeyboardAsync("anna"));
        Assert.IsType<AuthenticationStep.End>(await desk.PasswordAsync("anna", "right"));
    }

    [Fact]
    public async Task T34_methods_that_are_no_guess_count_once_when_the_tries_are_used_up()
    {
        var desk = new LoginDesk();
        for (int i = 1; i < 6; i++)
        {
            await desk.RequestAsync("anna", "publickey", new PublickeyFields("no-such", default, null, null));
            Assert.Equal(0, desk.Accounts.Failures);
        }

        Assert.IsType<AuthenticationStep.End>(await desk.RequestAsync("anna", "publickey", new PublickeyFields("no-such", default, null, null)));
        Assert.Equal(1, desk.Accounts.Failures);
    }

    [Fact]
    public async Task T30_no_name_forges_a_line_of_the_log_or_fills_it_and_no_secret_is_in_it()
    {
        var desk = new LoginDesk(limits: new() { Tries = 100, NameBytes = 100_000 });
        foreach (string user in new[] { "a\r\nb", "\u001b[2J", "%n%s{0}", "';DROP TABLE--", new string('y', 5000), "\u2028" })
        {
            await desk.NoneAsync(user);
            await desk.PasswordAsync(user, "s3cret");
            await desk.PasswordAsync(user, "s3cret" + new string('x', 5000));
            await desk.KeyboardAsync(user, "s3cret" + new string('x', 5000));
            await desk.ReceiveAsync(new UserauthRequest(user, "ssh-connection", user, default));
            await desk.RequestAsync(user, "publickey", new PublickeyFields(user, Golden.Bytes("00000002 0A0D"), null, default(ReadOnlyMemory<byte>)));
        }

        Assert.NotEmpty(desk.Lines);
        Assert.All(desk.Lines, line =>
        {
            Assert.DoesNotContain(line, c => char.IsControl(c) || c == '\u2028');
            Assert.DoesNotContain("s3cret", line, StringComparison.Ordinal);
            Assert.True(line.Length < 500, line);
        });
    }

    private static async Task ReachAsync(LoginDesk desk, string stage)
    {
        switch (stage)
        {
            case "none":
                await desk.NoneAsync("anna");
                break;
            case "wrong password":
                await desk.PasswordAsync("anna", "wrong");
                break;
            case "question":
                await desk.AskKeyboardAsync("anna");
                break;
            case "wrong answer":
                await desk.KeyboardAsync("anna", "wrong");
                break;
            case "key question":
                await desk.RequestAsync("anna", "publickey", new PublickeyFields("no-such", default, null, null));
                break;
        }
    }
}
