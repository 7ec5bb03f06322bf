using Wharf.Client;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Client.Ssh;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client;

/// <summary>Over FTP to a server of ours; connections are bytes in memory.</summary>
public sealed class FtpSourceTests : RemoteSourceContract
{
    private readonly RemoteSite _site = new();

    private protected override IFileSystem Storage => _site.Storage;

    private protected override RemoteSource Open(string path, int connections) =>
        _site.Open(_site.Options with { MaxConnections = connections }, "ftp://alice:s3cret@ftp.example.test/" + path);

    public override ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_failure_says_what_the_server_said()
    {
        await using var site = new RemoteSite();
        await using var source = site.Open();
        var failed = await Assert.ThrowsAsync<RemoteException>(() => source.MoveAsync("none", "other", cancellationToken: Token));
        Assert.Equal((RemoteError.NotFound, "/none", false), (failed.Error, failed.Path, failed.IsTransient));
        Assert.StartsWith("550", failed.ServerReply, StringComparison.Ordinal);
        var refused = await site.RefusedAsync(site.Options, "ftp://alice:wrong@ftp.example.test");
        Assert.Equal(RemoteError.Login, refused.Error);
        Assert.StartsWith("530", refused.ServerReply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_caller_is_asked_for_the_password_that_the_url_does_not_have()
    {
        await using var site = new RemoteSite();
        var requests = new List<PasswordRequest>();
        var options = site.Options with
        {
            Password = (request, _) =>
            {
                requests.Add(request);
                return new(FtpPair.Password);
            },
        };
        await site.AcceptedAsync(options, "ftp://alice@ftp.example.test");
        await site.AcceptedAsync(options with { User = "alice" }, "ftp://ftp.example.test");
        Assert.All(requests, request => Assert.Equal(new PasswordRequest("ftp.example.test", 21, "alice", 1), request));
        Assert.Equal(2, requests.Count);
    }

    [Fact]
    public async Task There_are_no_more_connections_than_the_options_say()
    {
        await using var source = Open("/", connections: 2);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => source.CreateDirectoryAsync($"d{i}", Token)));
        Assert.InRange(_site.Ftp.Dialled, 1, 2);
    }
}

/// <summary>Over SSH to a server of ours; connections are bytes in memory.</summary>
public sealed class SftpSourceTests : RemoteSourceContract
{
    private readonly SshDesk _desk = new();

    private protected override IFileSystem Storage => _desk.Pair.Files;

    private protected override RemoteSource Open(string path, int connections) => OnDesk(_desk, Options with { MaxConnections = connections }, path);

    private RemoteOptions Options => OptionsAt(_desk) with { Trust = HostTrust.AcceptAnyInsecure };

    public override ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_host_key_that_no_file_knows_is_refused()
    {
        await using var source = OnDesk(_desk, OptionsAt(_desk));
        var refused = await Assert.ThrowsAsync<RemoteException>(async () => await source.FactsAsync(Token));
        Assert.Equal((RemoteError.NotTrusted, false), (refused.Error, refused.IsTransient));
        Assert.Contains(SshPair.HostKey.Public.Fingerprint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_key_that_a_file_knows_is_accepted()
    {
        await _desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine + "\n");
        await using var source = OnDesk(_desk, OptionsAt(_desk));
        Assert.Equal(VirtualPath.Root, (await source.FactsAsync(Token)).Home);
    }

    [Fact]
    public async Task The_caller_may_take_his_time_to_decide_and_what_he_accepts_is_remembered()
    {
        await _desk.WriteAsync("/home/bob/.profile", "");
        var questions = new List<TrustQuestion>();
        var options = OptionsAt(_desk) with
        {
            Timeouts = new() { KeepIdle = TimeSpan.Zero },
            Trust = HostTrust.Ask(async (question, cancel) =>
            {
                questions.Add(question);
                await Task.Yield();
                _desk.Pair.Clock.Advance(TimeSpan.FromMinutes(10));
                return TrustAnswer.AcceptAndRemember;
            }),
        };
        await using var source = OnDesk(_desk, options);
        await source.FactsAsync(Token);
        var asked = Assert.Single(questions);
        Assert.Equal(("files.example", 22, "ssh-ed25519", SshPair.HostKey.Public.Fingerprint), (asked.Host, asked.Port, asked.Kind, asked.Fingerprint));
        Assert.False(asked.IsCertificate);
        Assert.Contains(SshDesk.ServerLine, await _desk.ReadAsync(SshDesk.KnownHostsPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_host_key_is_the_only_one_that_counts()
    {
        await _desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine + "\n");
        await using (var source = OnDesk(_desk, OptionsAt(_desk) with { Trust = HostTrust.Pinned(SshPair.HostKey.Public.Fingerprint) }))
        {
            await source.FactsAsync(Token);
        }

        await using var other = OnDesk(_desk, OptionsAt(_desk) with { Trust = HostTrust.Pinned(Convert.ToHexString(new byte[32])) });
        Assert.Equal(RemoteError.NotTrusted, (await Assert.ThrowsAsync<RemoteException>(async () => await other.FactsAsync(Token))).Error);
    }

    [Fact]
    public async Task A_wrong_password_is_a_refused_login()
    {
        await using var source = OnDesk(_desk, Options, url: "sftp://anna:wrong@files.example");
        var refused = await Assert.ThrowsAsync<RemoteException>(async () => await source.FactsAsync(Token));
        Assert.Equal((RemoteError.Login, false), (refused.Error, refused.IsTransient));
        Assert.DoesNotContain(_desk.Pair.Log.Texts, line => line.Contains("wrong", StringComparison.Ordinal));
    }

    private static RemoteOptions OptionsAt(SshDesk desk) => new()
    {
        Ssh = new() { Algorithms = SshPair.Quick, UsesAgent = false, UsesDefaultIdentities = false, KeepAlive = TimeSpan.Zero },
        Timeouts = new() { KeepIdle = TimeSpan.Zero },
        Clock = desk.Pair.Clock,
        LoggerFactory = desk.Pair.Log,
    };

    private static RemoteSource OnDesk(SshDesk desk, RemoteOptions options, string path = "/", string url = "sftp://anna:right@files.example") =>
        new(RemoteUrl.Parse(url + path), options, new RemoteParts { Dialer = desk, Surroundings = desk.Surroundings });
}

/// <summary>In memory, without a server.</summary>
public sealed class MemorySourceTests : RemoteSourceContract
{
    private readonly Memory _storage = new(new ManualClock());

    private protected override IFileSystem Storage => _storage;

    private protected override RemoteSource Open(string path, int connections) =>
        new(RemoteUrl.Parse("memory://" + path), null, new RemoteParts { Files = _storage });

    public override ValueTask DisposeAsync() => default;
}
