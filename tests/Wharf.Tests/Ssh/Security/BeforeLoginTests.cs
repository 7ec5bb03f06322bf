using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Security;

/// <summary>T14: every message number at every stage before the login, to a whole server: none leads anywhere.</summary>
public sealed class BeforeLoginTests
{
    /// <summary>What may be sent to somebody who has proven nothing.</summary>
    private static readonly byte[] Harmless =
    [
        Disconnect.Number, Unimplemented.Number, ServiceAccept.Number, ExtInfo.Number, KexInit.Number, NewKeys.Number, KexEcdhReply.Number,
        UserauthFailure.Number, UserauthInfoRequest.Number, Pong.Number,
    ];

    private static readonly string[] Bodies =
    [
        "", "00", "00000000", "00000007 73657373696F6E 00000000 00100000 00008000", // session
        "00000000 00000009 73756273797374656D 01 00000004 6563686F", // subsystem echo
        "00000001 00000005 7269676874", // one answer, "right"
        "0000000E 7373682D636F6E6E656374696F6E", // ssh-connection
        "00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000004 6E6F6E65", // anna by none
    ];

    /// <summary>Where a client may stand.</summary>
    public static TheoryData<string> Stages => ["before keys", "keys", "service", "none refused", "password refused", "question open", "key asked about", "within a second exchange"];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task T14_no_message_number_opens_anything_at_any_stage_before_the_login(string stage)
    {
        await using var pair = SshPair.Start(options => options with { Authentication = new() { Tries = 1000, Requests = 100_000, Bytes = long.MaxValue } });
        RawSshClient? client = null;
        MemoryConnection? connection = null;
        for (int number = 1; number <= 255; number++)
        {
            foreach (string body in Bodies)
            {
                if (client is null)
                {
                    (connection, _) = pair.Connect();
                    client = pair.Raw(connection);
                    await ReachAsync(client, stage);
                }

                await client.SendAsync(Golden.Bytes($"{number:X2} {body}"));
                if (stage is "before keys" or "within a second exchange" || number is 1 or 20 or (>= 30 and <= 49))
                {
                    // It answers or ends; then it must be over with a wrong message.
                    await client.SendAsync(Golden.Bytes("FF"));
                    Check(await client.ReceiveToEndAsync());
                    client.Dispose();
                    client = null;
                    continue;
                }

                var answers = await client.ReceiveToPongAsync();
                Check(answers.OfType<byte[]>());
                if (answers[^1] is null)
                {
                    await connection!.DisposeAsync();
                    client.Dispose();
                    client = null;
                }
            }
        }

        client?.Dispose();
        connection?.Abort();
        Assert.Equal((0, 0, 0), (pair.Echo.Opened, pair.Flood.Produced, pair.Drain.Opened));
        Assert.Equal(0, pair.LoggedIn);
    }

    [Fact]
    public async Task T14_no_service_but_user_authentication_is_there_before_the_login()
    {
        foreach (string service in (string[])["ssh-connection", "ssh-userauth@", "", "sftp"])
        {
            await using var pair = SshPair.Start();
            using var client = pair.Raw();
            await client.ShakeAsync();
            await client.SendAsync(new ServiceRequest(service));
            var last = Golden.Read<Disconnect>((await client.ReceiveToEndAsync())[^1]);
            Assert.Equal(7u, last.Reason);
        }
    }

    [Fact]
    public async Task T14_a_login_for_another_service_than_the_connection_is_none()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        await client.SendAsync(RawSshClient.ByPassword(SshPair.User, SshPair.Password) with { Service = "ssh-userauth" });
        Assert.Equal(7u, Golden.Read<Disconnect>((await client.ReceiveToEndAsync())[^1]).Reason);
        Assert.Equal(0, pair.LoggedIn);
    }

    [Fact]
    public async Task T14_a_login_that_is_done_cannot_be_done_again()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        await client.SendAsync(RawSshClient.ByPassword("root", "x"));
        await client.SendAsync(new ServiceRequest("ssh-userauth"));
        var answers = await client.ReceiveToPongAsync();
        Assert.All(answers, answer => Assert.Contains(answer![0], (byte[])[ExtInfo.Number, GlobalRequest.Number, Unimplemented.Number, Pong.Number]));
        Assert.Equal(1, pair.LoggedIn);
    }

    private static void Check(IEnumerable<byte[]> answers) => Assert.All(answers, answer => Assert.Contains(answer[0], Harmless));

    private static async Task ReachAsync(RawSshClient client, string stage)
    {
        if (stage == "before keys")
        {
            await client.GreetAsync();
            await client.BeginAsync();
            return;
        }

        await client.ShakeAsync();
        if (stage == "keys")
        {
            return;
        }

        await client.AskForLoginAsync();
        switch (stage)
        {
            case "none refused":
                await client.SendAsync(UserauthRequest.Of(SshPair.User, "none", default(NoneFields)));
                await client.NextAsync<UserauthFailure>();
                break;
            case "password refused":
                await client.SendAsync(RawSshClient.ByPassword(SshPair.User, "wrong"));
                await client.NextAsync<UserauthFailure>();
                break;
            case "question open":
                await client.SendAsync(UserauthRequest.Of(SshPair.User, "keyboard-interactive", new KeyboardInteractiveFields("", "")));
                await client.NextAsync<UserauthInfoRequest>();
                break;
            case "key asked about":
                await client.SendAsync(UserauthRequest.Of(SshPair.User, "publickey", new PublickeyFields("ssh-ed25519", SshPair.HostKey.Public.Bytes, null, null)));
                await client.NextAsync<UserauthFailure>();
                break;
            case "within a second exchange":
                await client.BeginAsync();
                break;
        }
    }
}
