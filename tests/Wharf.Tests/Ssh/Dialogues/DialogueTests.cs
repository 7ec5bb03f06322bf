using System.Net;
using System.Text;
using Wharf.Accounts;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Dialogues;

/// <summary>
/// Recorded dialogues, whole connections byte for byte: our server against what the record's client said, and our client against
/// what its server said. Randomness, clock and keys are fixed. They show that nothing changes unseen, not that others agree.
/// </summary>
public sealed class DialogueTests
{
    private const string Content = "One line of the file that goes up.\r\n";

    private static readonly SigningKey AnnasKey = new Ed25519SigningKey([.. Enumerable.Range(101, 32).Select(i => (byte)i)]);
    private static readonly SigningKey OtherKey = new Ed25519SigningKey([.. Enumerable.Range(51, 32).Select(i => (byte)i)]);

    private static readonly SshAlgorithms Algorithms = RawSshClient.One;

    /// <summary>The dialogues.</summary>
    public static TheoryData<string> Names => [.. Scripts.Keys];

    /// <summary>What each client does.</summary>
    private static Dictionary<string, Script> Scripts { get; } = new()
    {
        ["login-none"] = new(
            "A client that can prove nothing asks by \"none\" what there is, and gives up.",
            new ClientIdentity(SshPair.User), RefusedAsync),
        ["login-publickey"] = new(
            "A client asks about two keys, of which the server takes the second, and logs in by it.",
            new ClientIdentity(SshPair.User) { Keys = [OtherKey, AnnasKey] }, DoneAsync),
        ["login-password"] = new(
            "A login by password.",
            new ClientIdentity(SshPair.User) { Password = (_, _) => new(SshPair.Password) }, DoneAsync),
        ["login-keyboard-interactive"] = new(
            "A login by keyboard-interactive.",
            new ClientIdentity(SshPair.User) { Keyboard = Answers() }, DoneAsync),
        ["login-key-and-password"] = new(
            "A login by key and password, where both are required.",
            new ClientIdentity(SshPair.User) { Keys = [AnnasKey], Password = (_, _) => new(SshPair.Password) }, DoneAsync, WantsBoth: true),
        ["upload"] = new(
            "A login by password and a whole upload over SFTP.",
            new ClientIdentity(SshPair.User) { Password = (_, _) => new(SshPair.Password) }, UploadAsync),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_server_says_what_it_said(string name)
    {
        await RecordIfAskedAsync(name);
        await using var pair = Start(Scripts[name]);
        foreach (var said in Dialogue.Read(name))
        {
            if (said.Up)
            {
                await pair.Connection.SendAsync(said.Wire, pair.Token);
            }
            else
            {
                await AssertNextAsync(pair.Connection, said, name, pair.Token);
            }
        }

        Assert.Empty(await pair.Connection.ReadToEndAsync(pair.Token));
        await pair.Connection.DisposeAsync();
        Assert.Contains("Left", await pair.EndAsync(), StringComparison.Ordinal);
        if (name == "upload")
        {
            var file = await pair.Files.StatAsync(Wharf.Files.VirtualPath.Parse("/up.txt"), Wharf.Files.LinkHandling.Self, pair.Token);
            Assert.Equal(40 * Content.Length, file!.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_client_says_what_it_said(string name)
    {
        await RecordIfAskedAsync(name);
        var script = Scripts[name];
        using var stuck = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var (client, server) = MemoryConnection.Pair();
        var running = RunClientAsync(script, client, stuck.Token);
        foreach (var said in Dialogue.Read(name))
        {
            if (said.Up)
            {
                await AssertNextAsync(server, said, name, stuck.Token);
            }
            else
            {
                await server.SendAsync(said.Wire, stuck.Token);
            }
        }

        Assert.Empty(await server.ReadToEndAsync(stuck.Token));
        await server.DisposeAsync();
        await running;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_the_record_says_in_clear_is_what_its_bytes_mean(string name)
    {
        await RecordIfAskedAsync(name);
        var said = Dialogue.Read(name);
        var opened = await Dialogue.OpenAsync([.. said.Select(one => (one.Up, one.Wire))]);
        Assert.Equal(said.Select(one => Convert.ToHexString(one.Clear)), opened.Select(one => Convert.ToHexString(one.Clear)));
    }

    private static SshPair Start(Script script) => SshPair.Start(
        options => options with { Algorithms = SshAlgorithms.Default, Banner = "Be welcome.\r\n" }, new DialogueRandomness("server"),
        accounts: pair => new Accounts(pair, script.WantsBoth), version: Dialogue.Server);

    private static async Task AssertNextAsync(MemoryConnection connection, Said said, string name, CancellationToken cancel)
    {
        byte[] came = new byte[said.Wire.Length];
        for (int count = 0; count < came.Length;)
        {
            int more = await connection.ReceiveAsync(came.AsMemory(count), cancel);
            Assert.True(more > 0, $"{name}: the end came before {Encoding.Latin1.GetString(said.Clear)}");
            count += more;
        }

        Assert.True(came.AsSpan().SequenceEqual(said.Wire), $"{name}: expected was {Encoding.Latin1.GetString(said.Clear)}; see Transcripts/README.md where the change is meant.");
    }

    /// <summary>WHARF_RECORD=1: both roles against each other, written down.</summary>
    private static async Task RecordIfAskedAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("WHARF_RECORD") != "1")
        {
            return;
        }

        var script = Scripts[name];
        await using var pair = Start(script);
        var (client, relay) = MemoryConnection.Pair();
        var chunks = new List<(bool Up, byte[] Bytes)>();
        var passing = Task.WhenAll(PassAsync(relay, pair.Connection, up: true), PassAsync(pair.Connection, relay, up: false));
        await RunClientAsync(script, client, pair.Token);
        await passing;
        Dialogue.Write(name, script.About, await Dialogue.OpenAsync(chunks));

        async Task PassAsync(MemoryConnection from, MemoryConnection to, bool up)
        {
            byte[] buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer, pair.Token) is > 0 and var count)
            {
                lock (chunks)
                {
                    chunks.Add((up, buffer[..count]));
                }

                await to.SendAsync(buffer.AsMemory(0, count), pair.Token);
            }

            await to.FinishAsync(pair.Token);
        }
    }

    private static Task RunClientAsync(Script script, MemoryConnection connection, CancellationToken cancel) => script.Run(
        () => SshClientSession.ConnectAsync(
            connection,
            new SshClientOptions
            {
                Algorithms = Algorithms, AcceptHostKey = (key, _) => new(key.Equals(SshPair.HostKey.Public)), Identity = script.Identity,
                Randomness = new DialogueRandomness("client"), Version = Dialogue.Client,
            },
            new ManualClock(), "c1", cancel),
        cancel);

    private static async Task RefusedAsync(Func<Task<SshClientSession>> connect, CancellationToken cancel) =>
        Assert.Equal(ConnectionError.LoginRefused, (await Assert.ThrowsAsync<ConnectionException>(connect)).Error);

    private static async Task DoneAsync(Func<Task<SshClientSession>> connect, CancellationToken cancel)
    {
        await using var session = await connect();
    }

    private static async Task UploadAsync(Func<Task<SshClientSession>> connect, CancellationToken cancel)
    {
        await using var session = await connect();
        Sink sink = null!;
        var channel = await session.OpenSubsystemAsync("sftp", sending => sink = new Sink(new SftpClientSession(sending)), cancel);
        var sftp = sink.Session;
        await sftp.InitAsync(cancel);
        byte[] handle = await sftp.OpenAsync("/up.txt", OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate, cancel);
        byte[] content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Content, 40)));
        await sftp.WriteAsync(handle, 0, content.Length, 512, 1, (at, into) => content.AsMemory((int)at, into.Length).CopyTo(into));
        var set = new Attributes(AttributeFlags.Permissions | AttributeFlags.Times, 0, 0, 0, 0x1A0, 1_700_000_000, 1_700_000_001, default);
        await sftp.AskAsync(id => new HandleSetStat<Attributes>(id, handle, set), cancel);
        await sftp.CloseAsync(handle, cancel);
        await sftp.AskAsync(id => new Stat(id, "/up.txt"u8.ToArray()), cancel);
        channel.FinishSending();
        channel.Flush();
        await sink.Closed.WaitAsync(cancel);
    }

    private static Func<KeyboardQuestion, CancellationToken, ValueTask<IReadOnlyList<string>?>> Answers() =>
        (question, _) => new(question.Prompts.Count == 1 ? [SshPair.Password] : []);

    /// <summary>What a client does, from connecting on.</summary>
    private sealed record Script(
        string About, ClientIdentity Identity, Func<Func<Task<SshClientSession>>, CancellationToken, Task> Run, bool WantsBoth = false);

    /// <summary>Anna, by her key or her password or both.</summary>
    private sealed class Accounts(SshPair pair, bool wantsBoth) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
        {
            bool byKey = attempt.Credential is Credential.ProvenKey proven && proven.Key.Equals(AnnasKey.Public);
            bool byPassword = attempt.Credential is Credential.Password { Value: SshPair.Password };
            return new(
                attempt.User != SshPair.User || !(byKey || byPassword) ? new LoginResult.Refused("no")
                : !wantsBoth || (byPassword && attempt.Earlier is [Credential.ProvenKey]) ? new LoginResult.Accepted(new Login(SshPair.User, pair.Files))
                : byKey ? new LoginResult.NeedMore(["password"])
                : new LoginResult.Refused("the key comes first"));
        }

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) =>
            new(user == SshPair.User && key.Equals(AnnasKey.Public));

        public bool IsTrusted(IPAddress address) => false;
    }

    /// <summary>Tells when the channel is over.</summary>
    private sealed class Sink(SftpClientSession session) : IChannelSink
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SftpClientSession Session => session;

        public Task Closed => _closed.Task;

        public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer) => session.Receive(bytes, buffer);

        public void Settle() => session.Settle();

        public void End() => session.End();

        public async ValueTask CloseAsync()
        {
            await session.CloseAsync();
            _closed.SetResult();
        }
    }
}
