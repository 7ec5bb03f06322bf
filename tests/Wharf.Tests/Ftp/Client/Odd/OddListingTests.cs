using System.Text;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Client.Transfers;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>Listings as no server should send them.</summary>
public sealed class OddListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> BadNames => ["../escape", "/etc/escape", "a/../../escape", "", "nul\0escape", "..\0", "./../escape", "sub/escape", "//escape"];

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_name_that_leads_elsewhere_is_written_nowhere_and_is_an_error(string name)
    {
        foreach (bool facts in new[] { true, false })
        {
            await using var server = Listing(facts, [name, "good"]);
            server.Stored["/good"] = "good"u8.ToArray();
            var names = new List<string>();
            var refused = await Assert.ThrowsAsync<FileException>(async () =>
            {
                await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
                {
                    names.Add(entry.Name);
                }
            });
            Assert.Equal(FileError.BadName, refused.Error);
            Assert.Equal(["good"], names);

            var local = new Memory(server.Clock);
            var failed = await Record.ExceptionAsync(() => server.WithinAsync(CopyTreeAsync(server, local)));
            Assert.Equal(RemoteError.Partial, Assert.IsType<RemoteException>(failed).Error);
            Assert.Equal(["in/", "in/good"], await local.NamesAsync());
            Assert.DoesNotContain(server.Heard, line => line.Contains("escape", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_mirror_of_a_listing_that_cannot_be_trusted_removes_nothing()
    {
        await using var server = Listing(facts: true, ["../escape", "good"]);
        server.Stored["/good"] = "good"u8.ToArray();
        var local = new Memory(server.Clock);
        await local.PutAsync("/in/mine", "mine"u8.ToArray());
        var failed = await Record.ExceptionAsync(async () =>
        {
            var plan = await server.Engine.PlanAsync(server.Files.At("/"), local.At("/in"), SyncMode.Mirror, SyncOptions.Default, Cancel).WaitAsync(OddServer.Stuck, Cancel);
            _ = await server.Engine.RunAsync(plan, server.Files.At("/"), local.At("/in"), TransferOptions.Default, null, Cancel).WaitAsync(OddServer.Stuck, Cancel);
        });
        Assert.True(failed is RemoteException or FileException, $"{failed}");
        Assert.Contains("in/mine", await local.NamesAsync());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("./.")]
    public async Task The_directory_itself_and_its_parent_are_no_entries(string name)
    {
        foreach (bool facts in new[] { true, false })
        {
            await using var server = Listing(facts, [name, "good"]);
            Assert.Equal(["good"], await NamesAsync(server));
        }
    }

    [Fact]
    public async Task A_name_with_a_CR_is_listed_and_cannot_be_asked_for()
    {
        foreach (bool facts in new[] { true, false })
        {
            await using var server = Listing(facts, ["a\rDELE good", "good"]);
            Assert.Equal(["a\rDELE good", "good"], await NamesAsync(server));
            var refused = await Assert.ThrowsAsync<FileException>(
                async () => await server.Files.OpenAsync(VirtualPath.Root.Append("a\rDELE good"), OpenMode.Read, Cancel));
            Assert.Equal(FileError.BadName, refused.Error);
            Assert.DoesNotContain(server.Heard, line => line.Contains("DELE", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("500 what?")]
    [InlineData("502 what?")]
    [InlineData("504 what?")]
    public async Task MLSD_that_is_refused_becomes_LIST_and_is_not_asked_again(string answer)
    {
        await using var server = new OddServer();
        server.Stored["/one"] = "1"u8.ToArray();
        server.Stored["/two"] = "22"u8.ToArray();
        server.Saying("MLSD", answer).Saying("MLST", answer);
        Assert.Equal(["one", "two"], await server.WithinAsync(NamesAsync(server)));
        Assert.Equal(["one", "two"], await server.WithinAsync(NamesAsync(server)));
        Assert.Single(server.Heard, line => line.StartsWith("MLSD", StringComparison.Ordinal));
        Assert.Equal(2, server.Heard.Count(line => line == "LIST"));
        Assert.Single(server.Sessions);
    }

    [Fact]
    public async Task A_server_of_which_only_LIST_is_to_be_had_tells_what_is_there()
    {
        await using var server = new OddServer();
        server.Features.Clear();
        server.Stored["/one"] = "1"u8.ToArray();
        foreach (string verb in new[] { "FEAT", "MLSD", "MLST", "SIZE", "MDTM", "OPTS", "SYST", "EPSV" })
        {
            server.Saying(verb, "502 not implemented");
        }

        var entry = await server.WithinAsync(StatAsync(server, "/one"));
        Assert.Equal((EntryKind.File, 1L), (entry!.Kind, entry.Length));
        Assert.Null(await server.WithinAsync(StatAsync(server, "/none")));
    }

    [Fact]
    public async Task A_line_without_end_costs_no_memory_and_is_an_error()
    {
        foreach (bool facts in new[] { true, false })
        {
            await using var server = new OddServer();
            Choose(server, facts, async session =>
            {
                await session.SayAsync("150 here");
                await using (var data = await session.AcceptAsync())
                {
                    byte[] piece = Encoding.ASCII.GetBytes("type=file;size=1; -rw-r--r-- 1 u g 1 Jan  2 03:04 " + new string('x', 60_000));
                    for (int i = 0; i < 500; i++)
                    {
                        await data.SendAsync(piece, server.Over);
                    }
                }

                await session.SayAsync("226 done");
            });
            long before = GC.GetTotalAllocatedBytes();
            _ = await Assert.ThrowsAsync<FileException>(() => server.WithinAsync(NamesAsync(server)));
            Assert.True(GC.GetTotalAllocatedBytes() - before < 400_000_000);
        }
    }

    [Fact]
    public async Task An_endless_listing_streams_and_can_be_left()
    {
        foreach (bool facts in new[] { true, false })
        {
            await using var server = new OddServer();
            Choose(server, facts, async session =>
            {
                await session.SayAsync("150 here");
                await using var data = await session.AcceptAsync();
                for (int i = 0; ; i++)
                {
                    await data.SendAsync(Line(facts, $"name{i}"), server.Over);
                }
            });
            var leaving = Task.Run(
                async () =>
                {
                    int seen = 0;
                    await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
                    {
                        if (++seen == 10_000)
                        {
                            break;
                        }
                    }

                    return seen;
                },
                Cancel);
            Assert.Equal(10_000, await server.WithinAsync(leaving));

            using var enough = new CancellationTokenSource();
            var cancelled = Task.Run(
                async () =>
                {
                    int seen = 0;
                    await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, enough.Token))
                    {
                        if (++seen == 100)
                        {
                            await enough.CancelAsync();
                        }
                    }

                    return seen;
                },
                Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.WithinAsync(cancelled));
        }
    }

    [Theory]
    [InlineData("226 done")]
    [InlineData("426 cut")]
    [InlineData("")]
    public async Task A_listing_cut_in_the_middle_is_an_error_unless_the_server_says_that_it_is_whole(string closing)
    {
        await using var server = new OddServer();
        server.Answers["MLSD"] = async (session, _) =>
        {
            await session.SayAsync("150 here");
            await session.SendDataAsync(Encoding.ASCII.GetBytes("type=file;size=1; one\r\ntype=file;size=2; tw"));
            if (closing.Length > 0)
            {
                await session.SayAsync(closing);
            }
            else
            {
                await session.Control.FinishAsync(server.Over);
            }
        };
        var failed = await Record.ExceptionAsync(() => server.WithinAsync(NamesAsync(server)));
        Assert.Equal(closing != "226 done", failed is IOException);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_come_back_as_they_were()
    {
        await using var server = Listing(facts: true, ["gr\u00fcn"]);
        var entry = Assert.Single(await EntriesAsync(server));
        Assert.Equal("gr\uDCFCn", entry.Name);
        server.Saying("RETR", "550 No such file");
        _ = await Assert.ThrowsAsync<FileException>(async () =>
        {
            await using var file = await server.Files.OpenAsync(VirtualPath.Root.Append(entry.Name), OpenMode.Read, Cancel);
            _ = await file.ReadAsync(0, new byte[1], Cancel);
        });
        Assert.Contains("RETR /gr\u00fcn", server.Heard);
    }

    /// <summary>A server whose root lists these names.</summary>
    private static OddServer Listing(bool facts, string[] names)
    {
        var server = new OddServer();
        Choose(server, facts, session => session.SendAsync([.. names.SelectMany(name => Line(facts, name))]));
        return server;
    }

    private static void Choose(OddServer server, bool facts, Func<OddSession, Task> answer)
    {
        if (!facts)
        {
            server.Features.Remove("MLST type*;size*;modify*;");
        }

        server.Answers[facts ? "MLSD" : "LIST"] = (session, _) => answer(session);
    }

    private static byte[] Line(bool facts, string name) =>
        Encoding.Latin1.GetBytes(facts ? $"type=file;size=4;modify=20260102030405; {name}\r\n" : $"-rw-r--r-- 1 u g 4 Jan  1 03:04 {name}\r\n");

    private static async Task<bool> CopyTreeAsync(OddServer server, Memory local)
    {
        _ = await server.Engine.CopyTreeAsync(server.Files.At("/"), local.At("/in"), TransferOptions.Default, null, Cancel);
        return true;
    }

    private static async Task<Entry?> StatAsync(OddServer server, string path) =>
        await server.Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Follow, Cancel);

    private static async Task<string[]> NamesAsync(OddServer server) => [.. (await EntriesAsync(server)).Select(entry => entry.Name)];

    private static async Task<List<Entry>> EntriesAsync(OddServer server)
    {
        var entries = new List<Entry>();
        await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
        {
            entries.Add(entry);
        }

        return entries;
    }
}
