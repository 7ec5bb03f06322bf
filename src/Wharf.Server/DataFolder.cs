using System.Runtime.Versioning;

namespace Wharf.Server;

/// <summary>The daemon's own folder and what is written there: made with it, for the daemon's user alone, always whole files.</summary>
internal static class DataFolder
{
    /// <summary>For its owner alone.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>For everybody to read.</summary>
    public const UnixFileMode Readable = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Makes it where it is missing.</summary>
    public static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes beside the name first, so that a file of that name is always a whole one.</summary>
    /// <exception cref="IOException">Also where the file is there and <paramref name="replace"/> is false.</exception>
    public static void WriteWhole(string file, ReadOnlySpan<byte> content, UnixFileMode mode, bool replace)
    {
        string beside = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using (var stream = new FileStream(beside, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, file, replace);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>A mode as chmod takes it, for messages.</summary>
    [UnsupportedOSPlatform("windows")]
    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
