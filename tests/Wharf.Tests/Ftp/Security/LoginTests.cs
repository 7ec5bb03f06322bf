using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Ftp.Commands;
using Wharf.Server.Accounts;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T14, T17 and T18: what a client that has proven nothing can do and learn.</summary>
public sealed class LoginTests
{
    /// <summary>Every verb of the table, with an argument that would do something after a login.</summary>
    public static TheoryData<string> VerbsThatNeedALogin => [.. CommandTable.Rows.Where(row => row.Needs == Needs.Login).Select(row => row.Verb)];

    /// <summary>The rows that exist before a login. Adding one is a decision about the attack surface, so it is made here too.</summary>
    private static readonly string[] BeforeLogin =
        ["USER", "PASS", "REIN", "QUIT", "NOOP", "SYST", "FEAT", "OPTS", "HELP", "HOST", "LANG", "CLNT", "CSID", "STAT", "ACCT",
            "AUTH", "PBSZ", "PROT", "ADAT", "MIC", "CONF", "ENC"];

    [Fact]
    public void T14_only_these_verbs_exist_before_the_login()
    {
        Assert.Empty(CommandTable.Rows.Where(row => row.Needs == Needs.Nothing).Select(row => row.Verb).Except(BeforeLogin));
    }

    [Theory]
    [MemberData(nameof(VerbsThatNeedALogin))]
    public async Task T14_a_verb_that_needs_a_login_does_nothing_without_one(string verb)
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        await ftp.PutAsync("/f", "there");
        await TryAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        await TryAsync();
        Assert.Equal(530, await ftp.CodeAsync("PASS wrong"));
        await TryAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        await TryAsync();
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
        Assert.Equal("there"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Empty(ftp.Network.ListeningPorts);
        Assert.Empty(ftp.Network.Attempts);

        async Task TryAsync()
        {
            foreach (string argument in new[] { "", " f", " 192,0,2,7,200,10", " CHMOD 777 f", " f g", " A" })
            {
                Assert.Equal(530, await ftp.CodeAsync(verb + argument));
                Assert.Equal(530, await ftp.CodeAsync(string.Concat(verb.Select((c, i) => i % 2 == 0 ? char.ToLowerInvariant(c) : c)) + argument));
            }
        }
    }

    [Fact]
    public async Task T14_SITE_words_need_the_login_that_SITE_needs()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        foreach (var row in SiteTable.Rows)
        {
            Assert.Equal(530, await ftp.CodeAsync($"SITE {row.Name} f"));
        }
    }

    [Fact]
    public async Task T14_a_login_needs_USER_and_PASS_of_the_same_try()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(331, await ftp.CodeAsync("USER mallory"));
        Assert.Equal(530, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
    }

    [Theory]
    [InlineData("alice", "")]
    [InlineData("keysonly", "")]
    [InlineData("keysonly", "anything")]
    [InlineData("", "s3cret")]
    [InlineData("nobody", "")]
    [InlineData("alice", "s3cret\r\0")]
    [InlineData("alice", "s3cre")]
    [InlineData("alice", "s3cret ")]
    [InlineData(" alice", "s3cret")]
    [InlineData("ALICE", "s3cret")]
    [InlineData("alice\r\0", "s3cret")]
    [InlineData("*", "s3cret")]
    public async Task T17_empty_missing_and_nearly_right_credentials_are_refused(string user, string password)
    {
        var clock = new ManualClock();
        await using var ftp = await FtpPair.StartAsync(accounts: Accounts(clock, new() { First = TimeSpan.Zero }), login: false);
        int asked = await ftp.CodeAsync("USER " + user);
        Assert.Equal(user.Length == 0 ? 501 : 331, asked);
        Assert.Equal(user.Length == 0 ? 503 : 530, await ftp.CodeAsync("PASS " + password));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
    }

    [Fact]
    public async Task T17_PASS_without_an_argument_is_an_empty_password()
    {
        await using var ftp = await FtpPair.StartAsync(accounts: Accounts(new ManualClock(), new() { First = TimeSpan.Zero }), login: false);
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(530, await ftp.CodeAsync("PASS"));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
    }

    [Fact]
    public async Task T18_unknown_and_known_users_get_the_same_words_after_the_same_time()
    {
        var delays = new LoginDelays();
        var dialogues = new List<string>();
        foreach (string user in new[] { "alice", "nobody", "keysonly", "a\u00ff\u00ffb", "alice' OR 1=1", new('x', 200) })
        {
            var clock = new ManualClock();
            await using var ftp = await FtpPair.StartAsync(accounts: Accounts(clock, delays), login: false);
            var said = new List<string> { await ftp.SendAsync("USER " + user) };
            var expected = TimeSpan.Zero;
            for (int failures = 1; failures <= new FtpLimits().FailedLogins; failures++)
            {
                await ftp.WriteAsync("PASS wrong\r\n");

                // What is owed for earlier failures comes first, then what this one adds to it: together they are For(failures).
                foreach (var part in new[] { delays.For(failures - 1), delays.For(failures) - delays.For(failures - 1) })
                {
                    if (part > TimeSpan.Zero)
                    {
                        await clock.TimerDueIn(part).WaitAsync(ftp.Token);
                        Assert.Equal(0, ftp.Control.Available);
                        clock.Advance(part);
                        expected += part;
                    }
                }

                said.Add($"{await ftp.ReplyAsync()} after {expected}");
                if (failures < new FtpLimits().FailedLogins)
                {
                    said.Add(await ftp.SendAsync("USER " + user));
                }
            }

            Assert.Null(await ftp.LineAsync());
            dialogues.Add(string.Join('\n', said));
        }

        Assert.Single(dialogues.Distinct());
    }

    [Fact]
    public async Task T18_the_cut_off_counts_over_REIN()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        for (int failures = 1; failures < new FtpLimits().FailedLogins; failures++)
        {
            Assert.Equal(331, await ftp.CodeAsync("USER alice"));
            Assert.Equal(530, await ftp.CodeAsync("PASS wrong"));
            Assert.Equal(220, await ftp.CodeAsync("REIN"));
        }

        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(421, await ftp.CodeAsync("PASS wrong"));
        Assert.Null(await ftp.LineAsync());
    }

    private static CommandLineAccounts Accounts(ManualClock clock, LoginDelays delays)
    {
        var files = new Memory(clock);
        return new([new UserArgument("alice", "s3cret"), new UserArgument("keysonly", null)], _ => files, TrustedNetworks.None, delays, clock,
            NullLogger<CommandLineAccounts>.Instance);
    }
}
