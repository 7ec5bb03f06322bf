using System.Text;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Ftp.Commands;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

/// <summary>Rows of the list of security cases that are about commands. Each is named after its row.</summary>
public sealed class SecurityTests
{
    /// <summary>All that exists before a login; a new row must be added here on purpose.</summary>
    private static readonly string[] BeforeLogin =
        [
            "ADAT", "AUTH", "CLNT", "CONF", "CSID", "ENC", "FEAT", "HELP", "HOST", "LANG", "MIC", "NOOP", "OPTS", "PASS", "PBSZ", "PROT", "QUIT", "REIN",
            "SYST", "USER",
        ];

    /// <summary>Ways that people have tried to write "outside".</summary>
    private static readonly string[] Escapes =
    [
        "..", "../", "../outside", "../outside/secret", "../../../../../../outside/secret", "/../outside/secret", "//..//outside//secret",
        "inside/../../outside/secret", "./../outside/secret", "inside/./.././../outside/secret", "..\\outside\\secret", "%2e%2e/outside/secret",
        "..%2foutside/secret", "\u00c0\u00ae\u00c0\u00ae/outside/secret", "../root-evil/secret", "/root-evil/secret", "../root-evil",
        "link-out/secret", "link-abs/secret", "link-out", "link-abs", "inside/link-up/outside/secret", "/proc/self/root/etc/passwd", "/dev/zero", "~/secret", "~root",
    ];

    [Fact]
    public async Task T10_no_command_reaches_what_lies_outside()
    {
        string home = Path.Combine(Path.GetTempPath(), "wharf-t10-" + Path.GetRandomFileName());
        string root = Path.Combine(home, "root");
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "inside"));
            foreach (string sibling in (string[])["outside", "root-evil"])
            {
                Directory.CreateDirectory(Path.Combine(home, sibling));
                await File.WriteAllTextAsync(Path.Combine(home, sibling, "secret"), "SENTINEL", TestContext.Current.CancellationToken);
                await File.WriteAllTextAsync(Path.Combine(home, sibling, "only-outside"), "", TestContext.Current.CancellationToken);
            }

            File.CreateSymbolicLink(Path.Combine(root, "link-out"), "../outside");
            File.CreateSymbolicLink(Path.Combine(root, "link-abs"), Path.Combine(home, "outside"));
            File.CreateSymbolicLink(Path.Combine(root, "inside", "link-up"), "../..");
            await File.WriteAllTextAsync(Path.Combine(root, "own"), "own", TestContext.Current.CancellationToken);
            using var disk = new LocalDisk(root);
            await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { SiteSymlink = true }, files: disk);
            await ftp.SendAsync("TYPE I");
            foreach (string escape in Escapes)
            {
                foreach (string verb in (string[])["RETR", "LIST", "NLST", "MLSD", "LIST -R", "NLST -a", "NLST *", "LIST -d"])
                {
                    var (bytes, closing) = await ftp.DownloadAsync(verb + " " + escape);
                    string text = Encoding.Latin1.GetString(bytes);
                    Assert.DoesNotContain("SENTINEL", text, StringComparison.Ordinal);
                    Assert.DoesNotContain("only-outside", text, StringComparison.Ordinal);
                    Assert.DoesNotContain(home, closing, StringComparison.Ordinal);
                }

                foreach (string verb in (string[])["STOR", "APPE", "STOU"])
                {
                    await ftp.UploadAsync(verb + " " + escape, "overwritten"u8.ToArray());
                }

                foreach (string form in (string[])
                [
                    "STAT {0}", "MLST {0}", "SIZE {0}", "MDTM {0}", "MDTM 20200101000000 {0}", "MFMT 20200101000000 {0}", "MFF UNIX.mode=777; {0}",
                    "HASH {0}", "XMD5 {0}", "XCRC \"{0}\"", "MD5 {0}", "DSIZ {0}", "AVBL {0}", "PRET RETR {0}", "PRET STOR {0}",
                    "DELE {0}", "MKD {0}", "RMD {0}", "RNFR {0}", "RNTO gone", "RNFR own", "RNTO {0}", "SITE CHMOD 777 {0}", "SITE UTIME 202001010000 {0}",
                    "SITE MKDIR {0}", "SITE RMDIR {0}", "SITE CPFR {0}", "SITE CPTO copied", "SITE CPFR own", "SITE CPTO {0}",
                    "SITE SYMLINK {0} made", "STAT made/secret", "SIZE made/secret", "SIZE made", "DELE made", "SITE SYMLINK own {0}",
                    "COMB joined {0}", "COMB {0} own", "CWD {0}", "CWD /",
                ])
                {
                    // The text of a link is shown as it is, wherever it was made to point.
                    string reply = await ftp.SendAsync(form.Replace("{0}", escape, StringComparison.Ordinal));
                    Assert.DoesNotContain(home, reply.Split(" -> ")[0], StringComparison.Ordinal);
                    Assert.DoesNotContain("only-outside", reply, StringComparison.Ordinal);
                }

                foreach (string sibling in (string[])["outside", "root-evil"])
                {
                    var there = Directory.GetFileSystemEntries(Path.Combine(home, sibling)).Select(Path.GetFileName);
                    Assert.Equal(["only-outside", "secret"], there.Order(StringComparer.Ordinal));
                    Assert.Equal("SENTINEL", await File.ReadAllTextAsync(Path.Combine(home, sibling, "secret"), TestContext.Current.CancellationToken));
                    Assert.True(File.GetLastWriteTimeUtc(Path.Combine(home, sibling, "secret")).Year > 2020);
                }
            }

            foreach (string file in Directory.GetFiles(root).Where(file => new FileInfo(file) is { Exists: true, LinkTarget: null }))
            {
                Assert.DoesNotContain("SENTINEL", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }

            Assert.Equal(["outside", "root", "root-evil"], Directory.GetFileSystemEntries(home).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        finally
        {
            // Names that are no UTF-8 only our own disk can remove.
            using (var disk = new LocalDisk(root))
            {
                await EmptyAsync(disk, VirtualPath.Root);
            }

            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task T13_a_read_only_account_changes_nothing_by_any_verb()
    {
        var clock = new ManualClock();
        var disk = new Memory(clock);
        await using (var owner = await FtpPair.StartAsync(files: disk))
        {
            await owner.MakeDirectoryAsync("/d");
            await owner.PutAsync("/f", "content");
            await owner.PutAsync("/g", "other");
        }

        string before = await SnapshotAsync(disk);
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { SiteSymlink = true }, files: new ReadOnly(disk));
        foreach (string verb in (string[])["STOR f", "STOR new", "APPE f", "APPE new", "STOU", "STOU x"])
        {
            Assert.Equal(550, FtpPair.Code(await ftp.UploadAsync(verb, "x"u8.ToArray())));
        }

        await ftp.SendAsync("REST 3");
        Assert.Equal(550, FtpPair.Code(await ftp.UploadAsync("STOR f", "x"u8.ToArray())));
        foreach (string command in (string[])
        [
            "DELE f", "RMD d", "XRMD d", "MKD new", "XMKD new", "MFMT 20200101000000 f", "MDTM 20200101000000 f", "MFF Modify=20200101000000; f",
            "MFF UNIX.mode=777; f", "SITE CHMOD 777 f", "SITE UTIME 202001010000 f", "SITE UTIME f 20200101000000 20200101000000 20200101000000 UTC",
            "SITE MKDIR new", "SITE RMDIR d", "SITE SYMLINK f new", "COMB new f", "COMB f g",
        ])
        {
            Assert.Equal(550, await ftp.CodeAsync(command));
        }

        Assert.Equal(350, await ftp.CodeAsync("RNFR f"));
        Assert.Equal(550, await ftp.CodeAsync("RNTO new"));
        Assert.Equal(350, await ftp.CodeAsync("SITE CPFR f"));
        Assert.Equal(550, await ftp.CodeAsync("SITE CPTO new"));
        Assert.Equal(before, await SnapshotAsync(disk));
        Assert.Equal("content"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Fact]
    public void T14_the_rows_before_login_are_these() =>
        Assert.Equal(BeforeLogin, CommandTable.Rows.Where(row => row.Needs == Needs.Nothing).Select(row => row.Verb).Order(StringComparer.Ordinal));

    [Fact]
    public async Task T14_every_other_command_is_530_before_the_login_and_between_USER_and_PASS()
    {
        await using var ftp = await FtpPair.StartAsync(files: new Untouchable(), login: false);
        for (int phase = 0; phase < 2; phase++)
        {
            foreach (var row in CommandTable.Rows.Where(row => !BeforeLogin.Contains(row.Verb)))
            {
                Assert.Equal(530, await ftp.CodeAsync(row.Verb));
                Assert.Equal(530, await ftp.CodeAsync(row.Verb + " x"));
            }

            foreach (var site in SiteTable.Rows)
            {
                Assert.Equal(530, await ftp.CodeAsync($"SITE {site.Name} a b"));
            }

            Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        }

        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
    }

    [Fact]
    public async Task T14_what_was_allowed_ends_with_REIN()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x");
        Assert.Equal(350, await ftp.CodeAsync("RNFR f"));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(530, await ftp.CodeAsync("RNTO g"));
        Assert.Equal(530, await ftp.CodeAsync("LIST"));
        Assert.NotNull(await ftp.GetAsync("/f"));
    }

    [Theory]
    [InlineData("*/../*/../*/../*/../*/../*")]
    [InlineData("*/*/*/*/*/*/*/*/*/*/*/*/*/*")]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[*")]
    [InlineData("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}*")]
    public async Task T27_a_pattern_costs_no_more_than_its_limit(string pattern)
    {
        var files = new EndlessDirectory(1000, subdirectories: 1000);
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { Limits = new() { GlobSteps = 5000, ListEntries = 5000 } }, files);
        await ftp.ListAsync("NLST " + pattern);
        Assert.True(files.Read <= 10_000);
    }

    [Fact]
    public void T27_a_pattern_that_is_hard_to_match_is_cut_by_its_steps()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 60)) + "b";
        string name = new('a', 250);
        long steps = 1_000_000;
        var glob = new Glob(pattern);
        Assert.False(glob.Matches(name, hidden: false, ref steps));
        Assert.True(steps > 900_000);
    }

    [Fact]
    public async Task T27_R_ends_at_its_depth_and_count()
    {
        var deep = new EndlessDirectory(1, subdirectories: 1);
        await using var down = await FtpPair.StartAsync(files: deep);
        Assert.Equal(17, ListTests.Lines(await down.ListAsync("NLST -R")).Length);
        var wide = new EndlessDirectory(50, subdirectories: 50);
        await using var across = await FtpPair.StartAsync(new FtpServerOptions { Limits = new() { ListEntries = 1000 } }, wide);
        Assert.InRange(ListTests.Lines(await across.ListAsync("NLST -R")).Length, 1000, 1050);
        Assert.Equal(550, await across.CodeAsync("DSIZ"));
    }

    [Fact]
    public async Task T27_a_client_that_does_not_read_holds_a_listing_back()
    {
        var files = new EndlessDirectory();
        await using var ftp = await FtpPair.StartAsync(files: files);
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("LIST"));
        Assert.StartsWith("213 ", await ftp.SendAsync("STAT"), StringComparison.Ordinal);
        Assert.True(files.Read < 100_000);
        await ftp.WriteAsync("ABOR\r\n");
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
    }

    [Fact]
    public async Task T27_names_of_four_kibibytes_are_refused_and_break_nothing()
    {
        await using var ftp = await FtpPair.StartAsync();
        string name = new('n', 4000);
        foreach (string command in (string[])["MKD ", "RNFR ", "SIZE ", "NLST ", "STAT ", "MLST ", "SITE MKDIR ", "HASH "])
        {
            Assert.Equal(5, await ftp.CodeAsync(command + name) / 100);
        }

        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Theory]
    [InlineData("'; DROP TABLE users; --")]
    [InlineData("*)(uid=*))(|(uid=*")]
    [InlineData("$(id) `id` | id ; id && id")]
    [InlineData("=cmd|'calc'!A0")]
    [InlineData("<script>alert(1)<script>")]
    [InlineData("{0} {1} {{ }} %s %n %x")]
    [InlineData("${jndi:ldap:x}")]
    [InlineData("a\r\0b")]
    [InlineData("\u001b[2J\u0007")]
    [InlineData("\"quoted\" 226 Transfer complete.")]
    public async Task T30_a_name_is_a_name_whatever_it_holds(string name)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(257, await ftp.CodeAsync("MKD " + name));
        string only = Assert.Single(await ftp.NamesAsync("/"));
        Assert.Equal(name.Replace("\r\0", "\r", StringComparison.Ordinal), only);
        foreach (string command in (string[])["CWD ", "MLST ", "STAT ", "MDTM ", "DSIZ ", "MFMT 20200101000000 "])
        {
            string reply = await ftp.SendAsync(command + name);
            Assert.Equal(2, FtpPair.Code(reply) / 100);
            await ftp.SendAsync("CWD /");
        }

        Assert.EndsWith(" " + only + "\r\n", await ftp.ListAsync("LIST"), StringComparison.Ordinal);
        Assert.Equal(250, await ftp.CodeAsync("RMD " + name));
        Assert.Equal(200, await ftp.CodeAsync("CLNT " + name));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(331, await ftp.CodeAsync("USER " + name));
        Assert.Equal(530, await ftp.CodeAsync("PASS " + name));
    }

    private static async Task EmptyAsync(LocalDisk disk, VirtualPath directory)
    {
        var entries = new List<Entry>();
        await foreach (var entry in disk.ListAsync(directory, EntryDetail.Full, CancellationToken.None))
        {
            entries.Add(entry);
        }

        foreach (var entry in entries)
        {
            if (entry.IsDirectory)
            {
                await EmptyAsync(disk, directory.Append(entry.Name));
                await disk.RemoveDirectoryAsync(directory.Append(entry.Name), CancellationToken.None);
            }
            else
            {
                await disk.RemoveFileAsync(directory.Append(entry.Name), CancellationToken.None);
            }
        }
    }

    private static async Task<string> SnapshotAsync(IFileSystem files)
    {
        var text = new StringBuilder();
        foreach (string directory in (string[])["/", "/d"])
        {
            await foreach (var entry in files.ListAsync(VirtualPath.Parse(directory), EntryDetail.Full, TestContext.Current.CancellationToken))
            {
                text.AppendLine(FormattableString.Invariant($"{directory} {entry.Name} {entry.Kind} {entry.Length} {entry.Modified:O} {entry.Mode} {entry.FileId}"));
            }
        }

        return text.ToString();
    }

    /// <summary>Fails the test that reaches it.</summary>
    private sealed class Untouchable() : Layer(new Memory(new ManualClock()))
    {
        public override Abilities Abilities => throw new InvalidOperationException("A session without a login reached the files.");

        public override ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A session without a login reached the files.");
    }
}
