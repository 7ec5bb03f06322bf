using System.Globalization;
using Wharf.Files;

namespace Wharf.Client.Trust;

/// <summary>
/// Certificates that were accepted by hand, in a text file: one line "HOST:PORT SHA256:BASE64" for each; the first for a host counts. Lines are
/// appended in one write, so that programs may do it at once; whoever changes a server's certificate removes its line.
/// </summary>
/// <param name="path">Where it is on this machine; it and its directories are made when something is remembered.</param>
internal sealed class PinFile(string path)
{
    /// <summary>A longer file is an error, bytes.</summary>
    private const int MostBytes = 1024 * 1024;

    private const int FileMode = 0x180; // 0600
    private const int DirectoryMode = 0x1C0; // 0700

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>The file of this user: certificates in the folder wharf where the system keeps settings.</summary>
    public static PinFile OfThisUser() => new(System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "wharf", "trusted-certificates"));

    /// <summary>The fingerprint that is remembered for a host; null for none.</summary>
    /// <exception cref="FileException">The file cannot be read, or has a line for this host that says nothing.</exception>
    public async ValueTask<byte[]?> FindAsync(string host, int port, CancellationToken cancel)
    {
        string key = Key(host, port);
        foreach (string line in (await ReadAsync(cancel).ConfigureAwait(false)).Split('\n'))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !words[0].Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            try
            {
                return HostTrust.Read(words[1]);
            }
            catch (ArgumentException unreadable)
            {
                // Passing over it would trust as if nothing had been remembered.
                throw new FileException(FileError.Invalid, path, unreadable);
            }
        }

        return null;
    }

    /// <summary>Remembers one.</summary>
    /// <exception cref="FileException">The file cannot be written.</exception>
    public async ValueTask AddAsync(string host, int port, byte[] hash, CancellationToken cancel)
    {
        var at = LocalPlace.PathOf(path);
        using var disk = LocalPlace.OpenDisk(at);
        for (int depth = 1; depth < at.Depth; depth++)
        {
            var directory = VirtualPath.Parse("/" + string.Join('/', at.Parts().Take(depth)));
            if (await disk.StatAsync(directory, LinkHandling.Follow, cancel).ConfigureAwait(false) is null)
            {
                await MakeAsync(disk, directory, cancel).ConfigureAwait(false);
            }
        }

        var file = await disk.OpenAsync(at, new OpenMode(FileAccess.Write, FileCreation.OpenOrCreate) { Append = true, Mode = FileMode }, cancel)
            .ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(0, new(FileNames.Encode($"{Key(host, port)} {HostTrust.Show(hash)}\n")), cancel).ConfigureAwait(false);
            await file.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    private static async ValueTask MakeAsync(ConfinedPlace disk, VirtualPath directory, CancellationToken cancel)
    {
        try
        {
            await disk.MakeDirectoryAsync(directory, DirectoryMode, cancel).ConfigureAwait(false);
        }
        catch (FileException made) when (made.Error == FileError.Exists)
        {
            // Somebody else made it meanwhile.
        }
    }

    private static string Key(string host, int port) => string.Create(
        CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");

    private async ValueTask<string> ReadAsync(CancellationToken cancel)
    {
        var at = LocalPlace.PathOf(path);
        using var disk = LocalPlace.OpenDisk(at);
        if (await disk.StatAsync(at, LinkHandling.Follow, cancel).ConfigureAwait(false) is null)
        {
            return "";
        }

        var file = await disk.OpenAsync(at, OpenMode.Read, cancel).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            long length = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
            if (length > MostBytes)
            {
                throw new FileException(FileError.TooLarge, path);
            }

            byte[] bytes = new byte[length];
            int count = await file.ReadAsync(0, bytes, cancel).ConfigureAwait(false);
            return FileNames.Decode(bytes.AsSpan(0, count));
        }
    }
}
