using System.Net;
using Wharf.Accounts;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// Messages of the authentication protocol, each a number from 50 to 81, a byte of length and its fields, to the server's side:
/// whatever they say, who has proven nothing is not logged in, and nothing is sent but refusals and questions.
/// </summary>
internal sealed class UserAuthServerTarget() : FuzzTarget("user-auth")
{
    public override IReadOnlyList<string> Words =>
    [
        "\0\0\0\u0004anna", "\0\0\0\u000essh-connection", "\0\0\0\u0004none", "\0\0\0\u0008password", "\0\0\0\u0009publickey",
        "\0\0\0\u0014keyboard-interactive", "\0\0\0\u0023publickey-hostbound-v00@openssh.com", "\0\0\0\u000bssh-ed25519", "\0\0\0\u000crsa-sha2-512",
        "\0\0\0\u0005right", "\0\0\0\u0001", "\u00ff\u00ff\u00ff\u00ff",
    ];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        using var log = new FuzzSession.FaultLog();
        var desk = new Desk();
        var server = new ServerAuthentication(desk, desk, new() { Tries = 1000, Requests = 1000 }, log) { Banner = "Hi." };
        try
        {
            foreach (var (number, fields) in Messages.Of(input))
            {
                var step = await server.HandleAsync(number, fields, cancel);
                Require(step is AuthenticationStep.GoOn or AuthenticationStep.Unimplemented or AuthenticationStep.End, "Nobody is logged in.");
                if (step is AuthenticationStep.End)
                {
                    break;
                }
            }
        }
        catch (WireException)
        {
            // Broken, in the one way there is.
        }

        Require(desk.Sent.All(number => number is 51 or 53 or 60), "A stranger gets refusals, questions and the banner.");
        Require(desk.Proofs == 0, "A signature that nobody made proves nothing.");
        if (log.Fault is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>A transport that keeps numbers, and accounts that refuse everybody.</summary>
    private sealed class Desk : IAuthenticationTransport, IAccounts
    {
        public List<byte> Sent { get; } = [];

        public int Proofs { get; private set; }

        public ReadOnlyMemory<byte> SessionId { get; } = new byte[32];

        public PublicKeyBlob ServerHostKey { get; } = new("ssh-ed25519", new byte[51]);

        public Peer Peer { get; } = new(IPAddress.Loopback, "sftp", "s1");

        public void Send<TMessage>(in TMessage message)
            where TMessage : struct, IMessage<TMessage> => Sent.Add(TMessage.Number);

        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
        {
            Proofs += attempt.Credential is Credential.ProvenKey ? 1 : 0;
            return new(new LoginResult.Refused("no"));
        }

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(key.Bytes.Length % 2 == 1);

        public bool IsTrusted(IPAddress address) => false;
    }
}

/// <summary>The same to the client's side, from a server that means no good: it is logged in only by a success that answers something.</summary>
internal sealed class UserAuthClientTarget() : FuzzTarget("user-auth-client")
{
    private static readonly LoginKey[] Keys = [new Ed25519SigningKey(new byte[32]), new Ed25519SigningKey([.. Enumerable.Repeat((byte)1, 32)])];

    public override IReadOnlyList<string> Words =>
        ["\u0033\u000e\0\0\0\u0009publickey\0", "\u0033\u000d\0\0\0\u0008password\0", "\u0033\u0019\0\0\0\u0014keyboard-interactive\0", "\u0034\0", "\u003c\u0011", "\u0035", "\0\0\0\u000bssh-ed25519", "\u00ff\u00ff\u00ff\u00ff"];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var transport = new Transport();
        var client = new ClientAuthentication(transport, new ClientIdentity("anna") { Keys = Keys, Password = (_, _) => new("right") });
        await client.StartAsync(cancel);
        try
        {
            foreach (var (number, fields) in Messages.Of(input))
            {
                var step = await client.HandleAsync(number, fields, cancel);
                Require(step is not AuthenticationStep.LoggedIn, "A client logs nobody in.");
                if (step is AuthenticationStep.End or AuthenticationStep.Succeeded)
                {
                    Require(step is AuthenticationStep.End || number == UserauthSuccess.Number, "Only a success is one.");
                    break;
                }
            }
        }
        catch (WireException)
        {
            // Refused.
        }

        Require(transport.Sent.All(number => number is 50 or 61), "A client asks and answers.");
        Require(transport.Sent.Count < 200, "What a server asks for is bounded.");
    }

    private sealed class Transport : IClientAuthenticationTransport
    {
        public List<byte> Sent { get; } = [];

        public IReadOnlyList<string>? ServerSignatureAlgorithms => null;

        public bool ServerBindsHostKey => true;

        public ReadOnlyMemory<byte> SessionId { get; } = new byte[32];

        public PublicKeyBlob ServerHostKey { get; } = new("ssh-ed25519", new byte[51]);

        public Peer Peer { get; } = new(IPAddress.Loopback, "sftp", "c1");

        public void Send<TMessage>(in TMessage message)
            where TMessage : struct, IMessage<TMessage> => Sent.Add(TMessage.Number);
    }
}

/// <summary>Inputs as messages.</summary>
internal static class Messages
{
    /// <summary>Each is a number, a byte of length and so many bytes of fields.</summary>
    public static IEnumerable<(byte Number, ReadOnlyMemory<byte> Fields)> Of(ReadOnlyMemory<byte> input)
    {
        while (input.Length > 1)
        {
            int count = Math.Min(input.Span[1], input.Length - 2);
            yield return (input.Span[0], input.Slice(2, count));
            input = input[(2 + count)..];
        }
    }
}
