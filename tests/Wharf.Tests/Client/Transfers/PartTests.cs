using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
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
        string[] ours = [".f7.wharf-0123abcd", ".f7.wharf-part-0123456789abcdef", ".f9.wharf-0123abcd"];
        string[] others = [".f0.wharf-0123abcd", ".f7.wharf-data", ".f7.wharf-0123abcde", ".mine.wharf-0123abcd"];
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
