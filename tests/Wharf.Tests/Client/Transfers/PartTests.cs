using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Tests.Files;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>Unfinished copies that earlier runs left: which are taken for ours, and what becomes of them.</summary>
public sealed class PartTests : IAsyncLifetime
{
    private static readonly DateTime Then = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly string _root = TemporaryDirectory.Create();
    private readonly Memory _from = Memory();
    private readonly Memory _to = Memory();

    private SyncOptions Journaled => new() { Journal = Path.Combine(_root, "journal") };

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync() => await TemporaryDirectory.Delete(_root);

    [Theory]
    [InlineData(".a.wharf-part-0123456789abcdef", "a")]
    [InlineData(".a.wharf-0123abcd", "a")]
    [InlineData(".a.wharf-b.wharf-0123abcd", "a.wharf-b")]
    [InlineData(".wharf-0123456789abcdef", "")]
    [InlineData(".a.wharf-part-0123abcd", null)]
    [InlineData(".a.wharf-0123ABCD", null)]
    [InlineData(".a.wharf-0123abc", null)]
    [InlineData("a.wharf-0123abcd", null)]
    [InlineData(".a", null)]
    public void An_unfinished_copy_is_known_by_its_name(string part, string? name)
    {
        Assert.Equal(name is not null, PartNames.TryRead(part, out string read));
        if (name is not null)
        {
            Assert.Equal(name, read);
        }
    }

    [Fact]
    public async Task A_mirror_that_goes_on_removes_what_it_had_begun_and_nobody_elses()
    {
        await InterruptAsync(7);
        string[] ours = [".f0.wharf-0123abcd", ".f7.wharf-0123abcd", ".f7.wharf-part-0123456789abcdef", ".f9.wharf-0123abcd"];
        string[] others = [".f7.wharf-data", ".f7.wharf-0123abcde", ".mine.wharf-0123abcd"];
        foreach (string name in ours.Concat(others))
        {
            await _to.PutAsync($"/d/{name}", [1]);
        }

        await ContinueAsync(new());
        Assert.Equal(others.Concat(await _from.NamesAsync("/d")).Order(StringComparer.Ordinal), await _to.NamesAsync("/d"));
    }

    [Fact]
    public async Task A_part_that_will_be_continued_is_not_removed()
    {
        byte[] content = Bytes(300_000);
        await _from.PutAsync("/d/f7", content, Then);
        await InterruptAsync(7);
        var entry = (await _from.StatAsync(VirtualPath.Parse("/d/f7"), LinkHandling.Self, Cancel))!;
        await _to.PutAsync("/d/" + PartNames.Of("f7", PartNames.TagOf("f7", entry)), content[..200_000]);
        await _to.PutAsync("/d/.f7.wharf-0123abcd", [1]);
        var result = await ContinueAsync(new() { Resume = true });
        Assert.Equal(200_000, result.BytesKept - 7);
        Same(content, await _to.GetAsync("/d/f7"));
        Assert.Equal(await _from.NamesAsync(), await _to.NamesAsync());
    }

    [Theory]
    [InlineData(SyncMode.Mirror)]
    [InlineData(SyncMode.Update)]
    public async Task An_unfinished_copy_untouched_for_a_day_goes_and_a_younger_one_stays(SyncMode mode)
    {
        await _from.PutAsync("/d/f", [1], Then);
        await _to.PutAsync("/d/.f.wharf-0123abcd", [1], Then);
        await _to.PutAsync("/d/.other.wharf-part-0123456789abcdef", [1], DateTime.UtcNow.AddHours(-25));
        await _to.PutAsync("/d/.other.wharf-0123abcd", [1], DateTime.UtcNow.AddHours(-23));
        await _to.PutAsync("/d/.left-out.wharf-0123abcd", [1], Then);
        var options = new SyncOptions { Selection = new() { Exclude = ["left-out"] } };
        await using var plan = await Engine().PlanAsync(_from.At("/"), _to.At("/"), mode, options, Cancel);
        Assert.Equal(2, plan.Counts.Deleted);
        var result = await Engine().RunAsync(plan, _from.At("/"), _to.At("/"), new(), null, Cancel);
        Assert.Equal(2, result.Removed);
        Assert.Equal(["d/", "d/.left-out.wharf-0123abcd", "d/.other.wharf-0123abcd", "d/f"], await _to.NamesAsync());
    }

    [Fact]
    public async Task A_directory_that_goes_takes_unfinished_copies_along()
    {
        await _from.PutAsync("/f", [1], Then);
        await _to.PutAsync("/gone/.f.wharf-0123abcd", [1]);
        await using var plan = await Engine().PlanAsync(_from.At("/"), _to.At("/"), SyncMode.Mirror, SyncOptions.Default, Cancel);
        await Engine().RunAsync(plan, _from.At("/"), _to.At("/"), new(), null, Cancel);
        Assert.Equal(["f"], await _to.NamesAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_link_whose_renaming_is_lost_leaves_no_part(int attempts)
    {
        var link = VirtualPath.Parse("/l");
        await _from.MakeLinkAsync(link, "new", LinkKind.Symbolic, Cancel);
        await _to.MakeLinkAsync(link, "old", LinkKind.Symbolic, Cancel);
        var shaky = new ShakyFiles(_to) { Fails = (what, number) => what == "rename" && number == 1 ? ShakyFiles.Lost : null };
        var engine = new TransferEngine(TimeProvider.System, NullLogger.Instance)
        {
            Retry = new RetryPolicy { Attempts = attempts, FirstDelay = TimeSpan.Zero },
        };
        var copying = engine.CopyTreeAsync(
            _from.At("/"), shaky.At("/"), new() { FollowLinks = false, Existing = Existing.Replace }, null, Cancel);
        if (attempts == 1)
        {
            await Assert.ThrowsAsync<ConnectionException>(() => copying);
        }
        else
        {
            await copying;
        }

        var names = new List<string>();
        await foreach (var entry in _to.ListAsync(VirtualPath.Root, EntryDetail.Names, Cancel))
        {
            names.Add(entry.Name);
        }

        Assert.Equal(["l"], names);
        Assert.Equal(attempts == 1 ? "old" : "new", await _to.ReadLinkAsync(link, Cancel));
    }

    /// <summary>A mirror of /d/f0 to f9, one file after the other, that ends when that one is opened at the target.</summary>
    private async Task InterruptAsync(int file)
    {
        for (int i = 0; i < 10; i++)
        {
            if (await _from.StatAsync(VirtualPath.Parse($"/d/f{i}"), LinkHandling.Self, Cancel) is null)
            {
                await _from.PutAsync($"/d/f{i}", [(byte)i], Then);
            }
        }

        var interruption = new CancellationTokenSource();
        var remote = new FakeRemote(_to)
        {
            Asked = (what, path) =>
            {
                if (what == "open" && path.Name.Contains($"f{file}", StringComparison.Ordinal))
                {
                    interruption.Cancel();
                    interruption.Token.ThrowIfCancellationRequested();
                }
            },
        };
        await using var plan = await Engine().PlanAsync(_from.At("/"), remote.At("/"), SyncMode.Mirror, Journaled, Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Engine().RunAsync(plan, _from.At("/"), remote.At("/"), new() { Parallel = 1 }, null, interruption.Token));
        interruption.Dispose();
    }

    private async Task<TransferResult> ContinueAsync(TransferOptions options)
    {
        var remote = new FakeRemote(_to) { WritesAnywhere = false };
        await using var plan = await Engine().PlanAsync(_from.At("/"), remote.At("/"), SyncMode.Mirror, Journaled, Cancel);
        Assert.True(plan.IsContinued);
        return await Engine().RunAsync(plan, _from.At("/"), remote.At("/"), options, null, Cancel);
    }
}
