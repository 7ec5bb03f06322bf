using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>The client's side of a login, against our server and against servers that lie.</summary>
public sealed class ClientAuthenticationTests : IDisposable
{
    private readonly SigningKey _annas = SigningKey.Generate("ssh-ed25519");
    private readonly SigningKey _other = SigningKey.Generate("ecdsa-sha2-nistp256");

    public void Dispose()
    {
        _annas.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task One_key_is_proven_at_once_and_several_are_asked_about()
    {
        var pair = new LoginPair(Desk());
        AssertLoggedIn(await pair.LogInAsync(new("anna") { Keys = [_annas] }));
        Assert.Equal(["none", "publickey-hostbound-v00@openssh.com"], pair.Requests);

        pair = new LoginPair(Desk()) { ServerBindsHostKey = false, ServerSignatureAlgorithms = null };
        AssertLoggedIn(await pair.LogInAsync(new("anna") { Keys = [_other, _annas] }));
        Assert.Equal(["none", "publickey", "publickey", "publickey"], pair.Requests);
    }

    [Fact]
    public async Task The_server_decides_which_RSA_signature_it_takes()
    {
        using var rsa = SigningKey.Generate("ssh-rsa");
        foreach (var (announced, requests) in new (string[], int)[] { (["rsa-sha2-256"], 2), (["rsa-sha2-512", "rsa-sha2-256"], 2), (["ssh-rsa"], 1) })
        {
            var desk = Desk(rsa);
            var pair = new LoginPair(desk) { ServerSignatureAlgorithms = announced };
            var (client, _) = await pair.LogInAsync(new("anna") { Keys = [rsa] });
            Assert.Equal(requests, pair.Requests.Count);
            Assert.Equal(requests == 2, client is AuthenticationStep.Succeeded);
        }
    }

    [Fact]
    public async Task A_password_is_sent_once_and_asked_for_again_only_if_it_was_wrong()
    {
        var asked = new List<int>();
        var pair = new LoginPair(Desk());
        AssertLoggedIn(await pair.LogInAsync(new("anna")
        {
            Password = (count, _) =>
            {
                asked.Add(count);
                return new(count == 1 ? "wrong" : "right");
            },
        }));
        Assert.Equal([1, 2], asked);
        Assert.Equal(["none", "password", "password"], pair.Requests);
    }

    [Fact]
    public async Task Questions_are_answered_by_whoever_gave_the_identity()
    {
        var pair = new LoginPair(Desk());
        AssertLoggedIn(await pair.LogInAsync(new("anna")
        {
            Keyboard = (question, _) =>
            {
                Assert.Equal([new KeyboardPrompt("Password: ", false)], question.Prompts);
                return new((IReadOnlyList<string>)["right"]);
            },
        }));
        Assert.Equal(["none", "keyboard-interactive", "61"], pair.Requests);
    }

    [Fact]
    public async Task A_required_sequence_is_gone_through()
    {
        var desk = new LoginDesk(new FakeAccounts { Key = _annas.Public, WantsBoth = true }, first: "publickey");
        var pair = new LoginPair(desk);
        AssertLoggedIn(await pair.LogInAsync(new("anna") { Keys = [_other, _annas], Password = (_, _) => new("right") }));
        Assert.Equal("password", pair.Requests[^1]);
    }

    [Fact]
    public async Task Nothing_left_ends_the_session_with_what_the_server_would_take()
    {
        var pair = new LoginPair(Desk());
        var (client, server) = await pair.LogInAsync(new("anna") { Keys = [_other], Password = (count, _) => new(count < 3 ? "wrong" : null) });
        Assert.Equal(14u, Assert.IsType<AuthenticationStep.End>(client).Reason);
        Assert.IsType<AuthenticationStep.GoOn>(server);
    }

    [Fact]
    public async Task A_banner_reaches_whoever_wants_it()
    {
        string? seen = null;
        var pair = new LoginPair(new LoginDesk(new FakeAccounts(), banner: "Hello"));
        AssertLoggedIn(await pair.LogInAsync(new("anna") { Password = (_, _) => new("right"), Banner = text => seen = text }));
        Assert.Equal("Hello", seen);
    }

    [Fact]
    public async Task T15_a_key_is_never_used_for_an_answer_about_another()
    {
        var (client, pair) = await StartedAsync(new("anna") { Keys = [_annas, _other] });
        await ReceiveAsync(client, new UserauthFailure(["publickey"], false));
        await Assert.ThrowsAsync<WireException>(() => ReceiveAsync(client, new UserauthPkOk("ecdsa-sha2-nistp256", _other.Public.Bytes)));
        Assert.Equal(2, pair.Requests.Count);
    }

    [Fact]
    public async Task T14_success_that_was_not_asked_for_ends_the_session()
    {
        var client = new ClientAuthentication(new LoginPair(Desk()), new("anna"));
        await Assert.ThrowsAsync<WireException>(() => ReceiveAsync(client, default(UserauthSuccess)));
    }

    [Fact]
    public async Task A_server_that_is_never_content_is_given_up_on()
    {
        var (client, pair) = await StartedAsync(new("anna")
        {
            Keys = [_annas, _other],
            Password = (_, _) => new("x"),
            Keyboard = (_, _) => new((IReadOnlyList<string>?)null),
        });
        AuthenticationStep step = AuthenticationStep.GoOn.Instance;
        for (int i = 0; step is AuthenticationStep.GoOn; i++)
        {
            Assert.True(i < 20);
            step = await ReceiveAsync(client, new UserauthFailure(["publickey", "password", "keyboard-interactive"], PartialSuccess: true));
        }

        Assert.IsType<AuthenticationStep.End>(step);
        Assert.True(pair.Requests.Count < 12);
    }

    [Fact]
    public async Task A_wish_for_a_new_password_closes_that_way()
    {
        var (client, pair) = await StartedAsync(new("anna") { Password = (_, _) => new("old") });
        await ReceiveAsync(client, new UserauthFailure(["password"], false));
        Assert.IsType<AuthenticationStep.End>(await ReceiveAsync(client, new UserauthPasswdChangereq("Expired.", "")));
        Assert.Equal(["none", "password"], pair.Requests);
    }

    private LoginDesk Desk(SigningKey? key = null) => new(new FakeAccounts { Key = (key ?? _annas).Public });

    private async Task<(ClientAuthentication, LoginPair)> StartedAsync(ClientIdentity identity)
    {
        var pair = new LoginPair(Desk());
        var client = new ClientAuthentication(pair, identity);
        await client.StartAsync(TestContext.Current.CancellationToken);
        return (client, pair);
    }

    private static async Task<AuthenticationStep> ReceiveAsync<TMessage>(ClientAuthentication client, TMessage message)
        where TMessage : IMessage<TMessage>
    {
        byte[] bytes = Golden.Write(message);
        return await client.HandleAsync(bytes[0], bytes.AsMemory(1), TestContext.Current.CancellationToken);
    }

    private static void AssertLoggedIn((AuthenticationStep Client, AuthenticationStep Server) ends)
    {
        Assert.IsType<AuthenticationStep.Succeeded>(ends.Client);
        Assert.IsType<AuthenticationStep.LoggedIn>(ends.Server);
    }
}
