using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>The server's side of a login without a transport: messages go in by hand, and what was sent is kept.</summary>
internal sealed class LoginDesk : IAuthenticationTransport, ILogger
{
    public LoginDesk(IAccounts? accounts = null, AuthenticationLimits? limits = null, string? banner = null, params string[] first)
    {
        Accounts = accounts as FakeAccounts ?? new FakeAccounts();
        Server = new ServerAuthentication(this, accounts ?? Accounts, limits ?? new(), this)
        {
            Banner = banner,
            First = first.Length > 0 ? first : MethodTable.Proofs,
        };
    }

    public ServerAuthentication Server { get; }

    /// <summary>The accounts where a test has not given its own.</summary>
    public FakeAccounts Accounts { get; }

    /// <summary>All that was sent, oldest first.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>All that was logged.</summary>
    public List<string> Lines { get; } = [];

    public ReadOnlyMemory<byte> SessionId { get; init; } = new byte[] { 1, 2, 3, 4 };

    public PublicKeyBlob ServerHostKey { get; init; } = new("ssh-ed25519", Golden.Bytes("0000000B 7373682D65643235353139 00000000"));

    public Peer Peer { get; } = new(IPAddress.Parse("192.0.2.1"), "sftp", "s1");

    public void Send<TMessage>(in TMessage message)
        where TMessage : struct, IMessage<TMessage> => Sent.Add(Golden.Write(message));

    /// <summary>A message of the client, in memory that is overwritten as soon as it was handled.</summary>
    public async Task<AuthenticationStep> ReceiveAsync<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>
    {
        byte[] bytes = Golden.Write(message);
        var step = await Server.HandleAsync(bytes[0], bytes.AsMemory(1), TestContext.Current.CancellationToken);
        bytes.AsSpan().Fill(0xEE);
        return step;
    }

    public Task<AuthenticationStep> RequestAsync<TFields>(string user, string method, TFields fields)
        where TFields : struct, IUserauthFields => ReceiveAsync(UserauthRequest.Of(user, method, fields));

    public Task<AuthenticationStep> NoneAsync(string user) => RequestAsync(user, "none", default(NoneFields));

    public Task<AuthenticationStep> PasswordAsync(string user, string password) =>
        RequestAsync(user, "password", new PasswordFields(Wharf.Files.FileNames.Encode(password), null));

    public Task<AuthenticationStep> AskKeyboardAsync(string user) =>
        RequestAsync(user, "keyboard-interactive", new KeyboardInteractiveFields("", ""));

    /// <summary>A login through the question of keyboard-interactive.</summary>
    public async Task<AuthenticationStep> KeyboardAsync(string user, string password)
    {
        Assert.IsType<AuthenticationStep.GoOn>(await AskKeyboardAsync(user));
        Last<UserauthInfoRequest>();
        return await ReceiveAsync(new UserauthInfoResponse([password]));
    }

    /// <summary>The last message sent, which must be of that kind.</summary>
    public TMessage Last<TMessage>()
        where TMessage : IMessage<TMessage> => Golden.Read<TMessage>(Sent[^1]);

    /// <summary>The last message is a plain failure that offers these.</summary>
    public void AssertFailure(params string[] methods) => AssertFailure(false, methods);

    /// <summary>The last message says that the proof was right and not enough.</summary>
    public void AssertPartialSuccess(params string[] methods) => AssertFailure(true, methods);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));

    private void AssertFailure(bool partial, string[] methods)
    {
        var failure = Last<UserauthFailure>();
        Assert.Equal(methods, failure.Methods);
        Assert.Equal(partial, failure.PartialSuccess);
    }
}

/// <summary>One account, "anna" with the password "right", and what else a test gives her; says what it was asked.</summary>
internal sealed class FakeAccounts : IAccounts
{
    /// <summary>Every try, in order.</summary>
    public List<LoginAttempt> Attempts { get; } = [];

    /// <summary>Every key that was asked about.</summary>
    public List<PublicKeyBlob> Questions { get; } = [];

    /// <summary>How often a protocol refused by itself.</summary>
    public int Failures { get; private set; }

    /// <summary>Her key.</summary>
    public PublicKeyBlob? Key { get; init; }

    /// <summary>Whether she must prove both, the key first.</summary>
    public bool WantsBoth { get; init; }

    public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        Attempts.Add(attempt);
        bool byKey = attempt.Credential is Credential.ProvenKey proven && Key is not null && Key.Equals(proven.Key);
        bool byPassword = attempt.Credential is Credential.Password { Value: "right" };
        bool isSecond = attempt.Earlier is [Credential.ProvenKey earlier] && earlier.Key.Equals(Key);
        return new(
            attempt.User != "anna" || !(byKey || byPassword) ? new LoginResult.Refused("no")
            : !WantsBoth || (byPassword && isSecond) ? new LoginResult.Accepted(new Login("anna", null!))
            : byKey && attempt.Earlier.Count == 0 ? new LoginResult.NeedMore(["password"])
            : new LoginResult.Refused("the key comes first"));
    }

    public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken)
    {
        Questions.Add(key);
        return new(user == "anna" && key.Equals(Key));
    }

    public ValueTask FailedAsync(Peer peer, CancellationToken cancellationToken)
    {
        Failures++;
        return default;
    }

    public bool IsTrusted(IPAddress address) => false;
}
