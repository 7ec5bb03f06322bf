using Wharf.Accounts;
using Wharf.Ssh.Authentication;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>Both sides of a login without a transport between them.</summary>
internal sealed class LoginPair(LoginDesk desk) : IClientAuthenticationTransport
{
    private readonly Queue<byte[]> _toServer = new();

    /// <summary>The number of every message of the client, and a method's name for requests.</summary>
    public List<string> Requests { get; } = [];

    public IReadOnlyList<string>? ServerSignatureAlgorithms { get; init; } = SignatureAlgorithmNames.Default;

    public bool ServerBindsHostKey { get; init; } = true;

    public ReadOnlyMemory<byte> SessionId => desk.SessionId;

    public PublicKeyBlob ServerHostKey => desk.ServerHostKey;

    public Peer Peer => desk.Peer;

    public void Send<TMessage>(in TMessage message)
        where TMessage : struct, IMessage<TMessage>
    {
        _toServer.Enqueue(Golden.Write(message));
        Requests.Add(message is Wharf.Ssh.Messages.UserauthRequest request ? request.Method : $"{TMessage.Number}");
    }

    /// <summary>Runs until one of them has come to an end; what each did last.</summary>
    public async Task<(AuthenticationStep Client, AuthenticationStep Server)> LogInAsync(ClientIdentity identity)
    {
        var cancel = TestContext.Current.CancellationToken;
        var client = new ClientAuthentication(this, identity);
        await client.StartAsync(cancel);
        AuthenticationStep ofClient = AuthenticationStep.GoOn.Instance;
        AuthenticationStep ofServer = AuthenticationStep.GoOn.Instance;
        int read = 0;
        while (ofClient is AuthenticationStep.GoOn && _toServer.TryDequeue(out byte[]? message))
        {
            ofServer = await desk.Server.HandleAsync(message[0], message.AsMemory(1), cancel);
            for (; read < desk.Sent.Count && ofClient is AuthenticationStep.GoOn; read++)
            {
                ofClient = await client.HandleAsync(desk.Sent[read][0], desk.Sent[read].AsMemory(1), cancel);
            }
        }

        return (ofClient, ofServer);
    }
}
