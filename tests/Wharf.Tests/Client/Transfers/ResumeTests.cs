using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Net;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>Connections cut in the middle of a file: what goes on by itself, and what another call continues.</summary>
public sealed class ResumeTests
{
    private const int Length = 300;

    private static readonly RetryPolicy AtOnce = new() { FirstDelay = TimeSpan.Zero };

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_copy_cut_at_any_byte_goes_on_where_it_was(bool up, bool anywhere)
    {
        for (int cut = 0; cut <= Length; cut++)
        {
            var (here, there) = (Memory(), Memory());
            var remote = new FakeRemote(there) { WritesAnywhere = anywhere };
            var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
            await (up ? here : there).PutAsync("/a", Bytes(Length));
            remote.CutAfter(cut);
            var result = await New(AtOnce).CopyFileAsync(from, to, new(), null, Cancel);
            Same(Bytes(Length), await (up ? there : here).GetAsync("/b"));
            Assert.Equal(["b"], await (up ? there : here).NamesAsync());

            // A server that may have written out of order gets the last bytes again: here, all of them.
            Assert.Equal(up && anywhere && cut < Length ? Length + cut : Length, remote.Moved);
            Assert.Equal(1, result.Files);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_copy_that_failed_leaves_nothing_and_another_call_continues_it(bool up, bool hashes)
    {
        for (int cut = 0; cut < Length; cut += 7)
        {
            var (here, there) = (Memory(), Memory());
            var remote = new FakeRemote(there) { Facts = new() { HashAlgorithms = hashes ? ["SHA-256"] : [] }, WritesAnywhere = hashes };
            var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
            var target = up ? there : here;
            await (up ? here : there).PutAsync("/a", Bytes(Length));

            remote.CutAfter(cut);
            var lost = await Assert.ThrowsAsync<ConnectionException>(() => New(RetryPolicy.None).CopyFileAsync(from, to, new(), null, Cancel));
            Assert.Contains("/a", lost.Message, StringComparison.Ordinal);
            Assert.Empty(await target.NamesAsync());

            remote.CutAfter(cut);
            var options = new TransferOptions { Resume = true };
            await Assert.ThrowsAsync<ConnectionException>(() => New(RetryPolicy.None).CopyFileAsync(from, to, options, null, Cancel));
            Assert.True(PartNames.IsOne(Assert.Single(await target.NamesAsync())));
            var result = await New(RetryPolicy.None).CopyFileAsync(from, to, options, null, Cancel);
            Same(Bytes(Length), await target.GetAsync("/b"));
            Assert.Equal(["b"], await target.NamesAsync());
            Assert.Equal((cut, Length - cut), (result.BytesKept, result.Bytes));
        }
    }

    [Fact]
    public async Task A_source_that_changed_is_copied_anew()
    {
        var (here, there) = (Memory(), Memory());
        var remote = new FakeRemote(there) { WritesAnywhere = false };
        await here.PutAsync("/a", Bytes(Length));
        remote.CutAfter(100);
        var options = new TransferOptions { Resume = true };
        await Assert.ThrowsAsync<ConnectionException>(() => New(RetryPolicy.None).CopyFileAsync(here.At("/a"), remote.At("/a"), options, null, Cancel));
        await here.PutAsync("/a", Bytes(Length + 1, seed: 2));
        var result = await New(RetryPolicy.None).CopyFileAsync(here.At("/a"), remote.At("/a"), options, null, Cancel);
        Assert.Equal(0, result.BytesKept);
        Same(Bytes(Length + 1, seed: 2), await there.GetAsync("/a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shorter_file_of_unknown_origin_is_continued_where_it_is_the_beginning(bool hashes)
    {
        var (here, there) = (Memory(), Memory());
        var remote = new FakeRemote(there) { Facts = new() { HashAlgorithms = hashes ? ["SHA-256"] : [] }, WritesAnywhere = false };
        await here.PutAsync("/a", Bytes(Length), DateTime.UnixEpoch);
        await there.PutAsync("/a", Bytes(Length)[..120]);
        var inPlace = new TransferOptions { Resume = true, Atomic = false };
        var result = await New(AtOnce).CopyFileAsync(here.At("/a"), remote.At("/a"), inPlace, null, Cancel);
        Assert.Equal((120, Length - 120), (result.BytesKept, result.Bytes));
        Same(Bytes(Length), await there.GetAsync("/a"));

        // Another beginning: known by hash, else not at all; and a source written to since then.
        await there.PutAsync("/a", Bytes(120, seed: 3));
        if (hashes)
        {
            var conflict = await Assert.ThrowsAsync<RemoteException>(() => New(AtOnce).CopyFileAsync(here.At("/a"), remote.At("/a"), inPlace, null, Cancel));
            Assert.Equal(RemoteError.Conflict, conflict.Error);
            Same(Bytes(120, seed: 3), await there.GetAsync("/a"));
        }
        else
        {
            await here.PutAsync("/a", Bytes(Length), DateTime.UtcNow.AddHours(1));
            var conflict = await Assert.ThrowsAsync<RemoteException>(() => New(AtOnce).CopyFileAsync(here.At("/a"), remote.At("/a"), inPlace, null, Cancel));
            Assert.Equal(RemoteError.Conflict, conflict.Error);
        }
    }

    [Fact]
    public async Task Attempts_that_bring_bytes_do_not_count_and_those_that_bring_none_do()
    {
        var (here, there) = (Memory(), Memory());
        var remote = new FakeRemote(there) { WritesAnywhere = false };
        await here.PutAsync("/a", Bytes(Length));
        remote.CutAfter(10, times: 25);
        await New(AtOnce).CopyFileAsync(here.At("/a"), remote.At("/a"), new(), null, Cancel);
        Same(Bytes(Length), await there.GetAsync("/a"));
        Assert.Equal(26, remote.Connections);

        remote.CutAfter(0, times: 100);
        await Assert.ThrowsAsync<ConnectionException>(() => New(AtOnce).CopyFileAsync(here.At("/a"), remote.At("/a"), new(), null, Cancel));
        Assert.Equal(26 + AtOnce.Attempts, remote.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Between_two_servers_the_bytes_go_through_us_and_are_continued(bool hashes)
    {
        var (one, other) = (Memory(), Memory());
        var facts = new Wharf.Files.RemoteFacts { HashAlgorithms = hashes ? ["SHA-256"] : [] };
        var (from, to) = (new FakeRemote(one) { Facts = facts }, new FakeRemote(other) { Facts = facts, WritesAnywhere = false });
        await one.PutAsync("/a", Bytes(Length));
        for (int cut = 0; cut < Length; cut += 13)
        {
            from.CutAfter(cut);
            to.CutAfter(cut / 2);
            var result = await New(AtOnce).CopyFileAsync(from.At("/a"), to.At("/b"), new() { Verify = Verify.HashIfOffered }, null, Cancel);
            Same(Bytes(Length), await other.GetAsync("/b"));
            Assert.Equal(hashes ? "SHA-256" : "length", result.VerifiedBy);
            Assert.Equal(["b"], await other.NamesAsync());
        }
    }

    [Fact]
    public async Task A_server_copies_within_itself_where_it_can()
    {
        var there = Memory();
        var remote = new FakeRemote(there) { Facts = new() { CopiesFiles = true, ParallelFiles = 2 } };
        await there.PutAsync("/a", Bytes(Length));
        await New(AtOnce).CopyFileAsync(remote.At("/a"), remote.At("/b"), new(), null, Cancel);
        Same(Bytes(Length), await there.GetAsync("/b"));
        Assert.Equal(0, remote.Moved);
        Assert.Equal(["a", "b"], await there.NamesAsync());
    }

    [Theory]
    [InlineData(Verify.Hash)]
    [InlineData(Verify.HashIfOffered)]
    public async Task A_copy_whose_hash_is_another_leaves_nothing(Verify verify)
    {
        var (here, there) = (Memory(), Memory());
        var remote = new FakeRemote(there) { Facts = new() { HashAlgorithms = ["SHA-256"] } };
        await here.PutAsync("/a", Bytes(Length));

        // The disk there turns a bit before the hash is asked for.
        remote.Asked = (what, path) =>
        {
            if (what == "hash")
            {
                var open = there.OpenAsync(path, new(FileAccess.Write, FileCreation.Existing), Cancel).AsTask().GetAwaiter().GetResult();
                open.WriteAsync(100, new([0, 0]), Cancel).AsTask().GetAwaiter().GetResult();
            }
        };
        var mismatch = await Assert.ThrowsAsync<RemoteException>(
            () => New(RetryPolicy.None).CopyFileAsync(here.At("/a"), remote.At("/a"), new() { Verify = verify, Resume = true }, null, Cancel));
        Assert.Equal(RemoteError.Mismatch, mismatch.Error);
        Assert.Empty(await there.NamesAsync());
    }

    [Fact]
    public async Task A_source_that_lies_about_its_length_is_a_mismatch_and_zero_is_no_promise()
    {
        var (here, there) = (Memory(), Memory());
        await there.PutAsync("/a", Bytes(Length));
        var zero = new FakeRemote(new Stating(there, _ => 0)) { StatedLength = _ => 0 };
        await New(AtOnce).CopyFileAsync(zero.At("/a"), here.At("/zero"), new(), null, Cancel);
        Same(Bytes(Length), await here.GetAsync("/zero"));

        var more = new FakeRemote(new Stating(there, length => length + 1)) { StatedLength = length => length + 1 };
        var mismatch = await Assert.ThrowsAsync<RemoteException>(() => New(RetryPolicy.None).CopyFileAsync(more.At("/a"), here.At("/more"), new(), null, Cancel));
        Assert.Equal(RemoteError.Mismatch, mismatch.Error);

        // It grew while it was copied: what there is now is what is copied.
        var grown = new FakeRemote(new Stating(there, length => length - 50));
        await New(AtOnce).CopyFileAsync(grown.At("/a"), here.At("/grown"), new(), null, Cancel);
        Same(Bytes(Length), await here.GetAsync("/grown"));
        Assert.Equal(["grown", "zero"], await here.NamesAsync());
    }

    private static TransferEngine New(RetryPolicy retry) =>
        new(TimeProvider.System, NullLogger.Instance) { Retry = retry, LeastResumedBytes = 1 };

    /// <summary>Says another length before a file is opened.</summary>
    private sealed class Stating(IFileSystem inner, Func<long, long> length) : Wharf.Files.Layers.Layer(inner)
    {
        public override async ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
        {
            var entry = await Inner.StatAsync(path, links, cancellationToken);
            return entry is null ? null : new Entry { Name = entry.Name, Kind = entry.Kind, Length = length(entry.Length), Modified = entry.Modified };
        }
    }
}
