using System.Security.Cryptography;
using Wharf.Files;

namespace Wharf.Server.Certificates;

/// <summary>Reads the files of the settings tls.*, each with a bound, and says when one has changed.</summary>
internal static class TlsFile
{
    /// <summary>Largest file that is read, bytes: revocation lists of large authorities have some megabytes.</summary>
    private const int MostBytes = 64 << 20;

    // The group may read: on Debian daemons read keys as members of ssl-cert.
    private const UnixFileMode OfOthers = UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>All of it; the caller wipes what is secret.</summary>
    /// <exception cref="UsageException">It cannot be read; the sentence names setting and file.</exception>
    public static byte[] Read(string setting, string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            if (length > MostBytes)
            {
                throw Unusable(setting, path, $"it has more than {MostBytes >> 20} MiB");
            }

            byte[] bytes = new byte[length];
            int count = 0;
            int read;
            while (count < bytes.Length && (read = RandomAccess.Read(file, bytes.AsSpan(count), count)) > 0)
            {
                count += read;
            }

            if (count == bytes.Length)
            {
                return bytes;
            }

            byte[] rest = bytes[..count];
            CryptographicOperations.ZeroMemory(bytes);
            return rest;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Unusable(setting, path, unreadable.Message);
        }
    }

    /// <summary>A private key that everybody can read is no longer private.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static void CheckPrivate(string setting, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            using var file = File.OpenHandle(path);
            var mode = File.GetUnixFileMode(file);
            if ((mode & OfOthers) != 0)
            {
                throw new UsageException(
                    $"The private key in '{FileNames.ForDisplay(path)}' ({setting}) has permissions {DataFolder.Octal(mode)}, which are too open: chmod 600 it.");
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Unusable(setting, path, unreadable.Message);
        }
    }

    /// <summary>What tells one state of a file from the next, the file behind a link: "" where it cannot be opened.</summary>
    public static string Stamp(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return FormattableString.Invariant($"{RandomAccess.GetLength(file)} {File.GetLastWriteTimeUtc(file).Ticks}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The sentence for a file that is no use.</summary>
    public static UsageException Unusable(string setting, string path, string why) => new(
        $"Setting {setting} cannot use '{FileNames.ForDisplay(path)}': {FileNames.ForDisplay(why.TrimEnd('.'))}.");
}
