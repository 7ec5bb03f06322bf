using System.Security.Cryptography;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>Calls that change names and attributes, and those that ask the server about itself.</summary>
public sealed partial class RemoteSource
{
    /// <summary>What the server is and can do; connects where nothing has.</summary>
    public ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken = default) =>
        _calls.RunAsync("facts", null, Repeats.Always, cancel => FactsOnceAsync(cancel), cancellationToken);

    /// <summary>Makes a directory, and those above it that are missing. One that is there is no failure.</summary>
    public async Task CreateDirectoryAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        await _calls.RunAsync(
            "mkdir", path, Repeats.Always,
            async cancel =>
            {
                await MakeDirectoriesAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes one directory, whose parent is there.</summary>
    /// <param name="path">Which.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RemoteException">Exists where anything has that name; NotFound where its parent is missing; Denied.</exception>
    public async Task MakeDirectoryAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        await _calls.RunAsync(
            "mkdir", path, Repeats.Unheard,
            async cancel =>
            {
                await Files.MakeDirectoryAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), null, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a file, a link itself, or a directory.</summary>
    /// <param name="path">Which.</param>
    /// <param name="recursive">Whether a directory may have entries, which are removed too; links in it are removed, not followed.</param>
    /// <param name="cancellationToken">Ends the call; what was removed is gone.</param>
    /// <exception cref="RemoteException">NotFound; Exists where a directory is not empty; Denied.</exception>
    public async Task DeleteAsync(string path, bool recursive = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        await _calls.RunAsync(
            "delete", path, recursive ? Repeats.Always : Repeats.Unheard,
            async cancel =>
            {
                var at = await ResolveAsync(path, cancel).ConfigureAwait(false);
                if (at.IsRoot)
                {
                    throw new FileException(FileError.Denied, at);
                }

                var entry = await Files.StatAsync(at, LinkHandling.Self, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, at);
                if (!entry.IsDirectory)
                {
                    await Files.RemoveFileAsync(at, cancel).ConfigureAwait(false);
                }
                else if (!recursive)
                {
                    await Files.RemoveDirectoryAsync(at, cancel).ConfigureAwait(false);
                }
                else
                {
                    int parallel = (await FactsOnceAsync(cancel).ConfigureAwait(false)).ParallelFiles;
                    await new TreeRemoval(Files, parallel).RunAsync(at, cancel).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renames in one step, a link itself.</summary>
    /// <param name="from">What.</param>
    /// <param name="to">Its new path.</param>
    /// <param name="replace">Whether something of the same kind there is replaced; otherwise Exists.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task MoveAsync(string from, string to, bool replace = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        await _calls.RunAsync(
            "move", from, Repeats.Unheard,
            async cancel =>
            {
                var source = await ResolveAsync(from, cancel).ConfigureAwait(false);
                await Files.RenameAsync(source, await ResolveAsync(to, cancel).ConfigureAwait(false), replace, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets times, permission bits, owner or length.</summary>
    /// <param name="path">Whose.</param>
    /// <param name="change">What is null stays.</param>
    /// <param name="links">Whether a symbolic link means itself or what it points to.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task ChangeAsync(
        string path, AttributeChange change, LinkHandling links = LinkHandling.Follow, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        await _calls.RunAsync(
            "change", path, Repeats.Always,
            async cancel =>
            {
                await Files.ChangeAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), change, links, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The hash of a file's content, calculated by the server; of a file of this machine or of memory, here.</summary>
    /// <param name="path">Whose.</param>
    /// <param name="algorithm">One of <see cref="RemoteFacts.HashAlgorithms"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RemoteException">NotSupported: the server does not calculate it.</exception>
    public async Task<byte[]> HashAsync(string path, string algorithm = "SHA-256", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(algorithm);
        return await _calls.RunAsync(
            "hash", path, Repeats.Always,
            async cancel =>
            {
                var at = await ResolveAsync(path, cancel).ConfigureAwait(false);
                return Files is IRemoteFiles remote
                    ? await remote.HashAsync(at, algorithm, 0, long.MaxValue, cancel).ConfigureAwait(false)
                    : await HashHereAsync(at, algorithm, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The room where that path lies.</summary>
    public async Task<Space> SpaceAsync(string path = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return await _calls.RunAsync(
            "space", path, Repeats.Always,
            async cancel => await Files.SpaceAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The text of a symbolic link, as it was made.</summary>
    public async Task<string> ReadLinkAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return await _calls.RunAsync(
            "readlink", path, Repeats.Always,
            async cancel => await Files.ReadLinkAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a symbolic link.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">Its text, kept as it is; relative ones are meant from where the link lies.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task CreateSymbolicLinkAsync(string path, string target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(target);
        await _calls.RunAsync(
            "symlink", path, Repeats.Unheard,
            async cancel =>
            {
                await Files.MakeLinkAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), target, LinkKind.Symbolic, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a hard link: another name of a file.</summary>
    /// <param name="path">The new name.</param>
    /// <param name="existing">The file.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RemoteException">NotSupported: the server has no hard links; Exists; NotFound.</exception>
    public async Task CreateHardLinkAsync(string path, string existing, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(existing);
        await _calls.RunAsync(
            "link", path, Repeats.Unheard,
            async cancel =>
            {
                string target = (await ResolveAsync(existing, cancel).ConfigureAwait(false)).Value;
                await Files.MakeLinkAsync(await ResolveAsync(path, cancel).ConfigureAwait(false), target, LinkKind.Hard, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RemoteFacts> FactsOnceAsync(CancellationToken cancel) =>
        Files is IRemoteFiles remote ? await remote.FactsAsync(cancel).ConfigureAwait(false)
        : new RemoteFacts
        {
            Software = Url.Scheme == RemoteScheme.File ? "a disk of this machine" : "memory",
            HashAlgorithms = ["SHA-256", "SHA-512", "SHA-384", "SHA-1", "MD5"],
            CopiesFiles = true,
            ParallelFiles = LocalFilesAtOnce,
            WritesSegments = true,
            SetsTimes = TimeSpan.Zero,
        };

    private async ValueTask<byte[]> HashHereAsync(VirtualPath path, string algorithm, CancellationToken cancel)
    {
        var name = algorithm switch
        {
            "SHA-256" => HashAlgorithmName.SHA256,
            "SHA-512" => HashAlgorithmName.SHA512,
            "SHA-384" => HashAlgorithmName.SHA384,
            "SHA-1" => HashAlgorithmName.SHA1,
            "MD5" => HashAlgorithmName.MD5,
            _ => throw new FileException(FileError.NotSupported, path),
        };
        using var hash = IncrementalHash.CreateHash(name);
        var file = await Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            byte[] buffer = new byte[HashBufferBytes];
            for (long offset = 0; ;)
            {
                int count = await file.ReadAsync(offset, buffer, cancel).ConfigureAwait(false);
                if (count == 0)
                {
                    return hash.GetHashAndReset();
                }

                hash.AppendData(buffer, 0, count);
                offset += count;
            }
        }
    }

    private async ValueTask MakeDirectoriesAsync(VirtualPath path, CancellationToken cancel)
    {
        if (path.IsRoot)
        {
            return;
        }

        try
        {
            await Files.MakeDirectoryAsync(path, null, cancel).ConfigureAwait(false);
        }
        catch (FileException missing) when (missing.Error == FileError.NotFound)
        {
            await MakeDirectoriesAsync(path.Parent, cancel).ConfigureAwait(false);
            await Files.MakeDirectoryAsync(path, null, cancel).ConfigureAwait(false);
        }
        catch (FileException there) when (there.Error is FileError.Exists or FileError.Denied)
        {
            // Some servers say "denied" of what is there already, the user's home above all.
            if (await Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is not { IsDirectory: true })
            {
                throw;
            }
        }
    }
}
