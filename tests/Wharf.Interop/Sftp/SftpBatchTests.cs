using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>Where OpenSSH's sftp finds our SFTP.</summary>
public enum SftpPlace
{
    /// <summary>The daemon's sftp:// listener.</summary>
    Daemon,

    /// <summary>wharfd sftp-server as the Subsystem of OpenSSH's sshd.</summary>
    Subsystem,

    /// <summary>wharfd sftp-server at the end of a pipe (sftp -D).</summary>
    Pipe,
}

/// <summary>Every command of OpenSSH's sftp, at each place where it can find us.</summary>
public sealed class SftpBatchTests(SharedSftp shared) : IClassFixture<SharedSftp>
{
    private readonly string _sftp = Require.Program("sftp", "openssh-client");

    [Theory]
    [InlineData(SftpPlace.Daemon)]
    [InlineData(SftpPlace.Subsystem)]
    [InlineData(SftpPlace.Pipe)]
    public async Task Files_go_up_and_come_back_in_every_way_there_is(SftpPlace place)
    {
        using var desk = await DeskAsync(place);
        var time = new DateTime(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        string file = desk.LocalFile("file", 1_000_003);
        File.SetLastWriteTimeUtc(file, time);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute);
        desk.LocalFile("tree/a", 10);
        desk.LocalFile("tree/below/b", 100_000);
        desk.LocalFolder("tree/empty");
        desk.LocalFile("one.txt", 11);
        desk.LocalFile("two.txt", 12);
        byte[] whole = await File.ReadAllBytesAsync(file, Cancel);
        foreach (string name in new[] { "half-reput", "half-put-a" })
        {
            await File.WriteAllBytesAsync(desk.RemotePath(name), whole[..400_001], Cancel);
        }

        foreach (string name in new[] { "half-reget", "half-get-a" })
        {
            await File.WriteAllBytesAsync(desk.LocalPath(name), whole[..600_001], Cancel);
        }

        foreach (string folder in new[] { "texts", "texts-back", "tree-back", "tree-back-2" })
        {
            Directory.CreateDirectory(folder == "texts" ? desk.RemotePath(folder) : desk.LocalPath(folder));
        }

        await SftpAsync(
            place, desk,
            """
            progress
            put file
            put -p file kept
            put -f file flushed
            put -r tree
            put -R tree second
            reput file half-reput
            put -a file half-put-a
            put *.txt texts/
            get file back
            get -p kept kept-back
            get -f flushed flushed-back
            get -r tree tree-back
            get -R second tree-back-2
            reget file half-reget
            get -a file half-get-a
            get texts/*.txt texts-back
            get -afpr kept whole-again
            """);

        foreach (string name in new[] { "file", "kept", "flushed", "half-reput", "half-put-a" })
        {
            Desk.SameFile(file, desk.RemotePath(name));
        }

        foreach (string name in new[] { "back", "kept-back", "flushed-back", "half-reget", "half-get-a", "whole-again" })
        {
            Desk.SameFile(file, desk.LocalPath(name));
        }

        foreach (string kept in new[] { desk.RemotePath("kept"), desk.LocalPath("kept-back"), desk.LocalPath("whole-again") })
        {
            Assert.Equal(time, File.GetLastWriteTimeUtc(kept));
            Assert.Equal(File.GetUnixFileMode(file), File.GetUnixFileMode(kept));
        }

        foreach (string copy in new[] { desk.RemotePath("tree"), desk.RemotePath("second"), desk.LocalPath("tree-back/tree"), desk.LocalPath("tree-back-2/second") })
        {
            Desk.SameTree(desk.LocalPath("tree"), copy);
        }

        Desk.SameFile(desk.LocalPath("one.txt"), desk.RemotePath("texts/one.txt"));
        Desk.SameTree(desk.RemotePath("texts"), desk.LocalPath("texts-back"));
    }

    [Theory]
    [InlineData(SftpPlace.Daemon)]
    [InlineData(SftpPlace.Subsystem)]
    [InlineData(SftpPlace.Pipe)]
    public async Task Names_are_made_changed_linked_and_removed(SftpPlace place)
    {
        using var desk = await DeskAsync(place);
        desk.RemoteFile("first", 100);
        desk.RemoteFile("removed-1", 1);
        desk.RemoteFile("removed-2", 1);
        desk.RemoteFile("in the way", 5);
        desk.LocalFolder("here");
        string said = await SftpAsync(
            place, desk,
            """
            version
            pwd
            lpwd
            help
            ?
            lcd here
            lmkdir made
            lls
            lumask 022
            !echo from the shell
            lcd ..
            mkdir folder
            -mkdir folder
            mkdir "with space"
            rename first folder/second
            rename "in the way" "with space/it's \"quoted\""
            ln folder/second hard
            ln -s folder/second soft
            symlink nowhere/at/all dangling
            chmod 640 folder/second
            -chmod -h 600 soft
            chown 0 folder/second
            chgrp 0 folder/second
            -chown -h 0 soft
            cp folder/second copied
            copy folder/second copied-again
            df
            df -h
            df -i folder
            rm removed-*
            mkdir gone
            rmdir gone
            -rmdir folder
            -rm missing
            -get missing
            -cd missing
            cd folder
            cd ..
            bye
            """);
        Assert.Contains("SFTP protocol version 3", said, StringComparison.Ordinal);
        Assert.Contains($"Remote working directory: /{desk.Name}", said, StringComparison.Ordinal);
        Assert.Contains($"Local working directory: {desk.Local}", said, StringComparison.Ordinal);
        Assert.Contains("from the shell", said, StringComparison.Ordinal);
        Assert.Contains("%Capacity", said, StringComparison.Ordinal);
        Assert.Contains("Inodes", said, StringComparison.Ordinal);

        string second = desk.RemotePath("folder/second");
        Assert.Equal(100, new FileInfo(second).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(second));
        Assert.Equal("folder/second", new FileInfo(desk.RemotePath("soft")).LinkTarget);
        Assert.Equal("nowhere/at/all", new FileInfo(desk.RemotePath("dangling")).LinkTarget);
        Desk.SameFile(second, desk.RemotePath("copied"));
        Desk.SameFile(second, desk.RemotePath("copied-again"));
        Assert.True(File.Exists(desk.RemotePath("with space/it's \"quoted\"")));
        await File.AppendAllTextAsync(second, "more", Cancel);
        Desk.SameFile(second, desk.RemotePath("hard"));
        Assert.Equal(
            ["copied", "copied-again", "dangling", "folder", "hard", "soft", "with space"],
            Directory.GetFileSystemEntries(desk.Remote).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(SftpPlace.Daemon)]
    [InlineData(SftpPlace.Subsystem)]
    [InlineData(SftpPlace.Pipe)]
    public async Task Listings_of_every_kind_name_what_is_there(SftpPlace place)
    {
        using var desk = await DeskAsync(place);
        string old = desk.RemoteFile("old and large", 3000);
        File.SetLastWriteTimeUtc(old, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        desk.RemoteFile("young.txt", 20);
        desk.RemoteFile(".hidden", 1);
        desk.RemoteFile("folder/inside.txt", 1);
        File.SetUnixFileMode(old, UnixFileMode.UserRead);

        string[] commands =
        [
            "ls -1", "ls -1a", "ls -1r", "ls -1t", "ls -1tr", "ls -1Sr", "ls -1f", "ls -1 y*.txt", "ls -1 folder", "ls -1 f*/*.txt",
            "ls -l old*", "ls -ln old*", "ls -lh old*",
        ];
        string said = await SftpAsync(place, desk, string.Join('\n', commands));
        var listings = said.Split("sftp> ", StringSplitOptions.RemoveEmptyEntries)
            .Select(answer => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(lines => lines[0], lines => lines[1..].Select(line => line.TrimEnd()).ToArray());

        Assert.Equal(["folder", "old and large", "young.txt"], listings["ls -1"]);
        Assert.Equal([".", "..", ".hidden", "folder", "old and large", "young.txt"], listings["ls -1a"]);
        Assert.Equal(["young.txt", "old and large", "folder"], listings["ls -1r"]);
        Assert.Equal("old and large", listings["ls -1t"][^1]);
        Assert.Equal("old and large", listings["ls -1tr"][0]);
        Assert.Equal("young.txt", listings["ls -1Sr"][0]);
        Assert.Equal(3, listings["ls -1f"].Length);
        Assert.Equal(["young.txt"], listings["ls -1 y*.txt"]);
        Assert.Equal(["folder/inside.txt"], listings["ls -1 folder"]);
        Assert.Equal(["folder/inside.txt"], listings["ls -1 f*/*.txt"]);
        foreach (string command in new[] { "ls -l old*", "ls -ln old*" })
        {
            Assert.Matches(@"^-r-------- .* 3000 Feb  3  2001 old and large$", Assert.Single(listings[command]));
        }

        Assert.Contains("2.9K", Assert.Single(listings["ls -lh old*"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SftpPlace.Daemon)]
    [InlineData(SftpPlace.Subsystem)]
    [InlineData(SftpPlace.Pipe)]
    public async Task Odd_names_go_up_and_come_back_bytes_and_all(SftpPlace place)
    {
        using var desk = await DeskAsync(place);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        desk.LocalFile("up/bytes", 40);
        Posix.Rename(Encoding.UTF8.GetBytes($"{up}/bytes"), [.. Encoding.UTF8.GetBytes($"{up}/na"), 0xFF, 0xE4, 0x80, .. "ve"u8]);
        await SftpAsync(place, desk, "put -pr up\nget -pr up down");
        await SameAsync(desk.RemotePath("up"));
        await SameAsync(desk.LocalPath("down"));

        // By diff, since the base library cannot name what is not UTF-8.
        async Task SameAsync(string copy) =>
            (await Tool.RunAsync(Require.Program("diff", "diffutils"), ["-r", up, copy], desk.Local)).Succeeded();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<Desk> DeskAsync(SftpPlace place) => place switch
    {
        SftpPlace.Subsystem => new Desk((await SshdAsync()).Root, shared.Process.Folder),
        _ => new Desk(shared.Process),
    };

    private Task<SshdProgram> SshdAsync() => SshdProgram.PrepareAsync(shared.Process.Folder, shared.Keys);

    /// <summary>Runs a batch that begins in the desk's folder; returns what sftp printed.</summary>
    private async Task<string> SftpAsync(SftpPlace place, Desk desk, string commands)
    {
        string batch = desk.LocalPath("batch");
        await File.WriteAllTextAsync(batch, $"cd /{desk.Name}\n{commands}\n", Cancel);
        var login = shared.Login();
        string[] target = place switch
        {
            SftpPlace.Daemon => [.. OpenSsh.Options(login), "-b", batch, "127.0.0.1"],
            SftpPlace.Subsystem => [.. (await SshdAsync()).Options(), "-b", batch, "sshd"],
            _ => ["-b", batch, "-D", $"{WharfdProcess.Program} sftp-server --root {shared.Process.Root}"],
        };
        return (await Tool.RunAsync(_sftp, target, desk.Local, environment: OpenSsh.Environment(login))).Succeeded().Text;
    }
}
