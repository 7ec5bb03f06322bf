using Wharf.Accounts;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>The server's side of a login but for keys, which have tests of their own.</summary>
public sealed class ServerAuthenticationTests
{
    private static readonly string[] All = ["publickey", "password", "keyboard-interactive"];

    [Fact]
    public async Task None_tells_the_methods_and_is_no_try()
    {
        var desk = new LoginDesk(limits: new() { Tries = 1 });
        Assert.IsType<AuthenticationStep.GoOn>(await desk.NoneAsync("anna"));
        desk.AssertFailure(All);
        Assert.IsType<AuthenticationStep.LoggedIn>(await desk.PasswordAsync("anna", "right"));
        Assert.Equal("anna", Assert.Single(desk.Accounts.Attempts).User);
    }

    [Fact]
    public async Task A_password_logs_in_and_what_is_asked_afterwards_is_ignored()
    {
        var desk = new LoginDesk();
        var step = Assert.IsType<AuthenticationStep.LoggedIn>(await desk.PasswordAsync("anna", "right"));
        Assert.Equal("anna", step.Login.Name);
        Assert.Equal([52], Assert.Single(desk.Sent));

        // RFC 4252 section 5.1.
        Assert.IsType<AuthenticationStep.GoOn>(await desk.PasswordAsync("root", "wrong"));
        Assert.Single(desk.Sent);
        Assert.Single(desk.Accounts.Attempts);
    }

    [Fact]
    public async Task A_wrong_password_is_a_failure_and_another_try_may_follow()
    {
        var desk = new LoginDesk();
        Assert.IsType<AuthenticationStep.GoOn>(await desk.PasswordAsync("anna", "wrong"));
        desk.AssertFailure(All);
        Assert.IsType<AuthenticationStep.LoggedIn>(await desk.PasswordAsync("anna", "right"));
    }

    [Fact]
    public async Task A_password_that_is_not_UTF_8_arrives_as_it_was_sent()
    {
        var desk = new LoginDesk();
        await desk.RequestAsync("anna", "password", new PasswordFields(new byte[] { 0x6D, 0xFC }, null));
        Assert.Equal(new Credential.Password("m\uDCFC"), Assert.Single(desk.Accounts.Attempts).Credential);
    }

    [Fact]
    public async Task Keyboard_interactive_asks_once_for_the_password_without_echo()
    {
        var desk = new LoginDesk();
        Assert.IsType<AuthenticationStep.GoOn>(await desk.AskKeyboardAsync("anna"));
        var question = desk.Last<UserauthInfoRequest>();
        Assert.Equal([new KeyboardPrompt("Password: ", false)], question.Prompts);
        Assert.Empty(desk.Accounts.Attempts);
        Assert.IsType<AuthenticationStep.LoggedIn>(await desk.ReceiveAsync(new UserauthInfoResponse(["right"])));
        Assert.Equal(new Credential.Password("right"), Assert.Single(desk.Accounts.Attempts).Credential);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Not_one_answer_to_one_question_is_a_failure_that_closes_the_question(int answers)
    {
        var desk = new LoginDesk();
        await desk.AskKeyboardAsync("anna");
        Assert.IsType<AuthenticationStep.GoOn>(await desk.ReceiveAsync(new UserauthInfoResponse([.. Enumerable.Repeat("right", answers)])));
        desk.AssertFailure(All);
        Assert.Empty(desk.Accounts.Attempts);
        Assert.Equal(1, desk.Accounts.Failures);
        Assert.IsType<AuthenticationStep.Unimplemented>(await desk.ReceiveAsync(new UserauthInfoResponse(["right"])));
    }

    [Fact]
    public async Task A_new_request_abandons_the_question_that_is_open()
    {
        var desk = new LoginDesk();
        await desk.AskKeyboardAsync("anna");
        await desk.PasswordAsync("anna", "wrong");
        Assert.IsType<AuthenticationStep.Unimplemented>(await desk.ReceiveAsync(new UserauthInfoResponse(["right"])));
        Assert.Single(desk.Accounts.Attempts);
    }

    [Fact]
    public async Task An_answer_belongs_to_the_user_who_was_asked()
    {
        var desk = new LoginDesk();
        await desk.AskKeyboardAsync("anna");
        await desk.AskKeyboardAsync("root");
        await desk.ReceiveAsync(new UserauthInfoResponse(["right"]));
        Assert.Equal("root", Assert.Single(desk.Accounts.Attempts).User);
    }

    [Fact]
    public async Task A_password_is_never_changed_and_the_old_one_not_looked_at()
    {
        var desk = new LoginDesk();
        var step = await desk.RequestAsync("anna", "password", new PasswordFields("right"u8.ToArray(), "new"u8.ToArray()));
        Assert.IsType<AuthenticationStep.GoOn>(step);
        desk.AssertFailure(All);
        Assert.Empty(desk.Accounts.Attempts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hostbased")]
    [InlineData("gssapi-with-mic")]
    [InlineData("Password")]
    [InlineData("publickey\0")]
    public async Task A_method_that_is_not_there_is_a_failure(string method)
    {
        var desk = new LoginDesk();
        Assert.IsType<AuthenticationStep.GoOn>(await desk.ReceiveAsync(new UserauthRequest("anna", "ssh-connection", method, new byte[9])));
        desk.AssertFailure(All);
    }

    [Fact]
    public async Task The_banner_comes_once_before_the_first_answer()
    {
        var desk = new LoginDesk(banner: "Authorized use only.\r\n");
        await desk.NoneAsync("anna");
        await desk.PasswordAsync("anna", "wrong");
        Assert.Equal([53, 51, 51], desk.Sent.Select(sent => sent[0]));
        Assert.Equal("Authorized use only.\r\n", Support.Golden.Read<UserauthBanner>(desk.Sent[0]).Text);
    }

    [Theory]
    [InlineData("ssh-userauth")]
    [InlineData("")]
    public async Task Another_service_than_the_connection_ends_the_session(string service)
    {
        var desk = new LoginDesk();
        var end = Assert.IsType<AuthenticationStep.End>(await desk.ReceiveAsync(new UserauthRequest("anna", service, "none", default)));
        Assert.Equal(7u, end.Reason);
        Assert.Empty(desk.Sent);
    }

    [Fact]
    public async Task A_name_beyond_the_limit_ends_the_session()
    {
        var desk = new LoginDesk(limits: new() { NameBytes = 8 });
        Assert.IsType<AuthenticationStep.GoOn>(await desk.PasswordAsync("\u00FC\u00FC\u00FC\u00FC", "wrong"));
        var end = Assert.IsType<AuthenticationStep.End>(await desk.PasswordAsync("\u00FC\u00FC\u00FC\u00FCx", "wrong"));
        Assert.Equal(15u, end.Reason);
        Assert.Single(desk.Accounts.Attempts);
    }

    [Fact]
    public async Task Another_method_than_may_come_first_is_not_even_looked_at()
    {
        var desk = new LoginDesk(first: "publickey");
        Assert.IsType<AuthenticationStep.GoOn>(await desk.NoneAsync("anna"));
        desk.AssertFailure("publickey");
        Assert.IsType<AuthenticationStep.GoOn>(await desk.PasswordAsync("anna", "right"));
        Assert.IsType<AuthenticationStep.GoOn>(await desk.AskKeyboardAsync("anna"));
        desk.AssertFailure("publickey");
        Assert.Empty(desk.Accounts.Attempts);
    }

    [Theory]
    [InlineData("32")]
    [InlineData("32 00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000008 70617373776F7264")]
    [InlineData("32 00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000008 70617373776F7264 00 00000001 78 79")]
    [InlineData("32 00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000008 70617373776F7264 00 FFFFFFFF 78")]
    [InlineData("32 00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000004 6E6F6E65 00")]
    [InlineData("32 00000002 C328 0000000E 7373682D636F6E6E656374696F6E 00000004 6E6F6E65")]
    [InlineData("32 00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000009 7075626C69636B6579 01 00000000 00000000")]
    public async Task A_broken_request_ends_the_session_without_asking_the_accounts(string hex)
    {
        var desk = new LoginDesk();
        byte[] bytes = Support.Golden.Bytes(hex);
        await Assert.ThrowsAsync<WireException>(
            async () => await desk.Server.HandleAsync(bytes[0], bytes.AsMemory(1), TestContext.Current.CancellationToken));
        Assert.Empty(desk.Accounts.Attempts);
        Assert.Empty(desk.Sent);
    }
}
