using System.Buffers;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Ssh.Configuration;

/// <summary>
/// The files of whoever connects: configuration, known hosts, keys. Paths are of this machine, "~/" is the home. Reading what is
/// not there, or is no file, gives nothing; what is there and cannot be read is told.
/// </summary>
/// <param name="files">This machine's files from "/" on, or what stands in for them in a test.</param>
/// <param name="home">The home's path.</param>
internal sealed class PersonalFiles(IFileSystem files, string home)
{
    private const int NewFileMode = 0x180; // 0600
    private const int NewFolderMode = 0x1C0; // 0700

    /// <summary>The home's path.</summary>
    public string Home => home;

    /// <summary>Those of the process's own user. Windows' paths count from the drive the home is on.</summary>
    public static PersonalFiles OfThisUser()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string root = home.Length == 0 ? "/" : Path.GetPathRoot(home)!;
        return new PersonalFiles(new LocalDisk(root), home.Length == 0 ? "/" : home);
    }

    /// <summary>The path with "~/" in place; relative ones are seen from the process's folder.</summary>
    public string Expand(string path) =>
        path == "~" ? home
        : path.StartsWith("~/", StringComparison.Ordinal) ? $"{home.TrimEnd('/')}/{path[2..]}"
        : Path.IsPathRooted(path) || path.Contains('\0', StringComparison.Ordinal) ? path
        : Path.GetFullPath(path);

    /// <summary>All of a file; null where there is none. The caller wipes what is secret.</summary>
    /// <param name="path">As <see cref="Expand"/> takes it.</param>
    /// <param name="mostBytes">A longer file is an error.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FileException">It cannot be read, or is too long.</exception>
    public async ValueTask<byte[]?> ReadAsync(string path, int mostBytes, CancellationToken cancel)
    {
        var at = PathOf(path);
        if (await files.StatAsync(at, LinkHandling.Follow, cancel).ConfigureAwait(false) is null)
        {
            // Most of what is looked for is not there: no reason for an exception.
            return null;
        }

        IFile file;
        try
        {
            file = await files.OpenAsync(at, OpenMode.Read, cancel).ConfigureAwait(false);
        }
        catch (FileException missing) when (missing.Error is FileError.NotFound or FileError.NotDirectory or FileError.NotRegular)
        {
            // /dev/null is the usual way to say "none".
            return null;
        }

        await using (file.ConfigureAwait(false))
        {
            long length = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
            if (length > mostBytes)
            {
                throw new FileException(FileError.TooLarge, at);
            }

            byte[] bytes = new byte[length];
            int count = await file.ReadAsync(0, bytes, cancel).ConfigureAwait(false);
            return count == bytes.Length ? bytes : bytes[..count];
        }
    }

    /// <summary>A file's text, bytes that are not UTF-8 escaped as in <see cref="FileNames"/>; null where there is no file.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async ValueTask<string?> ReadTextAsync(string path, int mostBytes, CancellationToken cancel) =>
        await ReadAsync(path, mostBytes, cancel).ConfigureAwait(false) is { } bytes ? FileNames.Decode(bytes) : null;

    /// <summary>
    /// Appends one line in one write, behind the end of the last line even where that has none; other programs may append too.
    /// What is not there is made: the file for its owner alone, and its folder.
    /// </summary>
    /// <exception cref="FileException">It cannot be written.</exception>
    public async ValueTask AppendLineAsync(string path, string line, CancellationToken cancel)
    {
        var at = PathOf(path);
        if (await files.StatAsync(at.Parent, LinkHandling.Follow, cancel).ConfigureAwait(false) is null)
        {
            try
            {
                await files.MakeDirectoryAsync(at.Parent, NewFolderMode, cancel).ConfigureAwait(false);
            }
            catch (FileException made) when (made.Error == FileError.Exists)
            {
                // Somebody else has made it meanwhile.
            }
        }

        var mode = new OpenMode(FileAccess.ReadWrite, FileCreation.OpenOrCreate) { Append = true, Mode = NewFileMode };
        var file = await files.OpenAsync(at, mode, cancel).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            long length = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
            byte[] last = new byte[1];
            bool isOpen = length > 0 && await file.ReadAsync(length - 1, last, cancel).ConfigureAwait(false) == 1 && last[0] != '\n';
            await file.WriteAsync(length, new ReadOnlySequence<byte>(FileNames.Encode((isOpen ? "\n" : "") + line + "\n")), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Names in a folder, for patterns of Include; none where there is no such folder.</summary>
    public async ValueTask<IReadOnlyList<string>> NamesAsync(string folder, int most, CancellationToken cancel)
    {
        var names = new List<string>();
        try
        {
            await foreach (var entry in files.ListAsync(PathOf(folder), EntryDetail.Names, cancel).ConfigureAwait(false))
            {
                names.Add(entry.Name);
                if (names.Count == most)
                {
                    break;
                }
            }
        }
        catch (FileException)
        {
            // Nothing there, or nothing for us: a pattern that matches nothing.
            return [];
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private VirtualPath PathOf(string path)
    {
        string expanded = Expand(path);
        string root = Path.GetPathRoot(expanded) ?? "/";
        return VirtualPath.Parse("/" + expanded[root.Length..].Replace('\\', OperatingSystem.IsWindows() ? '/' : '\\'));
    }
}
