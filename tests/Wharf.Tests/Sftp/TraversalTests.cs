using System.Text;
using Wharf.Files.Storage;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Sftp;

/// <summary>T10 and T12 through SFTP: every request with a path, and every way to write "outside", on a real disk whose siblings are watched.</summary>
public sealed class TraversalTests : IAsyncDisposable
{
    /// <summary>Ways that people have tried.</summary>
    private static readonly string[] Escapes =
    [
        "..", "../", "../outside", "../outside/secret", "../../../../../../outside/secret", "/../outside/secret", "//..//outside//secret",
        "inside/../../outside/secret", "./../outside/secret", "inside/./.././../outside/secret", "..\\outside\\secret", "%2e%2e/outside/secret",
        "..%2foutside/secret", "\u00c0\u00ae\u00c0\u00ae/outside/secret", "../root-evil/secret", "/root-evil/secret", "../root-evil",
        "link-out/secret", "link-abs/secret", "link-out", "link-abs", "inside/link-up/outside/secret", "/proc/self/root/etc/passwd", "/dev/zero",
        "~/secret", "~root", "made/secret", "made",
    ];

    private static readonly Attributes Size = new(AttributeFlags.Size, 1, 0, 0, 0, 0, 0, default);
    private static readonly Attributes Changed = new(AttributeFlags.Permissions | AttributeFlags.Times, 0, 0, 0, 0x1FF, 1, 1, default);

    private readonly string _home = Directory.CreateTempSubdirectory("wharf-t10-").FullName;

    public TraversalTests()
    {
        Directory.CreateDirectory(Path.Combine(Root, "inside"));
        foreach (string sibling in (string[])["outside", "root-evil"])
        {
            Directory.CreateDirectory(Path.Combine(_home, sibling));
            File.WriteAllText(Path.Combine(_home, sibling, "secret"), "SENTINEL");
            File.WriteAllText(Path.Combine(_home, sibling, "only-outside"), "");
        }

        File.CreateSymbolicLink(Path.Combine(Root, "link-out"), "../outside");
        File.CreateSymbolicLink(Path.Combine(Root, "link-abs"), Path.Combine(_home, "outside"));
        File.CreateSymbolicLink(Path.Combine(Root, "inside", "link-up"), "../..");
        File.WriteAllText(Path.Combine(Root, "own"), "own");
    }

    private string Root => Path.Combine(_home, "root");

    public ValueTask DisposeAsync() => new(Files.TemporaryDirectory.Delete(_home));

    [Fact]
    public async Task T10_no_request_reaches_what_lies_outside()
    {
        using var disk = new LocalDisk(Root);
        await using var pair = new SftpPair(disk);
        await pair.BeginAsync();
        foreach (string escape in Escapes)
        {
            byte[] path = Text(escape);
            for (uint flags = 1; flags < 64; flags++)
            {
                byte[] opened = await pair.AskAsync(new Open<Attributes>(1, path, (OpenFlags)flags, Changed));
                if (opened[0] == Handle.Number)
                {
                    byte[] handle = Parse<Handle>(opened).Value.ToArray();
                    AssertNothing(await pair.AskAsync(new Wharf.Sftp.Messages.Read(1, handle, 0, 100)));
                    AssertNothing(await pair.AskAsync(new Write(1, handle, 0, "overwritten"u8.ToArray())));
                    AssertNothing(await pair.AskAsync(new HandleSetStat<Attributes>(1, handle, Changed)));
                    await pair.CloseAsync(handle);
                }
            }

            byte[] listing = await pair.AskAsync(new OpenDirectory(1, path));
            if (listing[0] == Handle.Number)
            {
                byte[] handle = Parse<Handle>(listing).Value.ToArray();
                AssertNothing(await pair.AskAsync(new ReadDirectory(1, handle)));
                await pair.CloseAsync(handle);
            }

            await AskAsync(new Stat(1, path));
            await AskAsync(new LinkStat(1, path));
            await AskAsync(new RealPath(1, path));
            await AskAsync(new SetStat<Attributes>(1, path, Size));
            await AskAsync(new SetStat<Attributes>(1, path, Changed));
            await AskAsync(new MakeDirectory<Attributes>(1, path, Changed));
            await AskAsync(new RemoveDirectory(1, path));
            await AskAsync(new Rename(1, path, Text("/gone")));
            await AskAsync(new Rename(1, Text("/own"), path));
            await AskAsync(new SymbolicLink(1, path, Text("/made")));
            await AskAsync(new SymbolicLink(1, Text("own"), path));
            foreach (string extension in (string[])["posix-rename@openssh.com", "hardlink@openssh.com"])
            {
                AssertNothing(await pair.ExtendedAsync(extension, escape, "/gone2"));
                AssertNothing(await pair.ExtendedAsync(extension, "/own", escape));
            }

            foreach (string extension in (string[])["statvfs@openssh.com", "expand-path@openssh.com", "space-available", "home-directory"])
            {
                AssertNothing(await pair.ExtendedAsync(extension, escape));
            }

            AssertNothing(await pair.ExtendedAsync("lsetstat@openssh.com", escape, Changed));
            AssertNothing(await pair.ExtendedAsync("check-file-name", escape, "sha256", 0UL, 0UL, 0u));
            await AskAsync(new Remove(1, path));
            AssertSiblings();
        }

        foreach (string file in Directory.GetFiles(Root).Where(file => new FileInfo(file) is { Exists: true, LinkTarget: null }))
        {
            Assert.DoesNotContain("SENTINEL", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        async Task AskAsync<TMessage>(TMessage message)
            where TMessage : IMessage<TMessage> => AssertNothing(await pair.AskAsync(message));
    }

    [Fact]
    public async Task T12_a_directory_swapped_for_a_link_in_a_loop_leads_nowhere()
    {
        const int Rounds = 1000;
        string place = Path.Combine(Root, "place"), aside = Path.Combine(Root, "aside");
        Directory.CreateDirectory(place);
        using var disk = new LocalDisk(Root);
        await using var pair = new SftpPair(disk);
        await pair.BeginAsync();
        using var enough = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    Directory.Move(place, aside);
                    File.CreateSymbolicLink(place, Path.Combine(_home, "outside"));
                    File.Delete(place);
                    Directory.Move(aside, place);
                }
            },
            TestContext.Current.CancellationToken);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] opened = await pair.AskAsync(new Open<Attributes>(1, Text("/place/secret"), OpenFlags.Read | OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate, default));
            if (opened[0] == Handle.Number)
            {
                byte[] handle = Parse<Handle>(opened).Value.ToArray();
                await pair.WriteAsync(handle, 0, "overwritten"u8.ToArray());
                await pair.CloseAsync(handle);
            }

            await pair.AskAsync(new MakeDirectory<Attributes>(1, Text("/place/new"), default));
            await pair.AskAsync(new SetStat<Attributes>(1, Text("/place/secret"), Changed));
            await pair.AskAsync(new Rename(1, Text("/place/secret"), Text("/place/taken")));
            await pair.AskAsync(new Remove(1, Text("/place/taken")));
            await pair.AskAsync(new Remove(1, Text("/place/only-outside")));
            await pair.AskAsync(new RemoveDirectory(1, Text("/place/new")));
        }

        await enough.CancelAsync();
        await swapping;
        AssertSiblings();
    }

    private void AssertNothing(byte[] reply)
    {
        string text = Encoding.Latin1.GetString(reply);
        Assert.DoesNotContain("SENTINEL", text, StringComparison.Ordinal);
        Assert.DoesNotContain("only-outside", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_home, text, StringComparison.Ordinal);
    }

    private void AssertSiblings()
    {
        foreach (string sibling in (string[])["outside", "root-evil"])
        {
            var there = Directory.GetFileSystemEntries(Path.Combine(_home, sibling)).Select(Path.GetFileName);
            Assert.Equal(["only-outside", "secret"], there.Order(StringComparer.Ordinal));
            Assert.Equal("SENTINEL", File.ReadAllText(Path.Combine(_home, sibling, "secret")));
            Assert.True(File.GetLastWriteTimeUtc(Path.Combine(_home, sibling, "secret")).Year > 2020);
        }
    }
}
