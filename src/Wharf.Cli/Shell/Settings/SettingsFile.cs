using System.Text.Json;
using Wharf.Cli.Syntax;
using Wharf.Files;

namespace Wharf.Cli.Shell.Settings;

/// <summary>
/// wharf/settings.json in $XDG_CONFIG_HOME, or in ~/.config (XDG Base Directory Specification, which wants such paths absolute), for the user's
/// eyes only. Read when it is asked for, so that shells that run at once see each other's bookmarks.
/// </summary>
internal sealed class SettingsFile(Func<string, string?> variable, string home)
{
    /// <summary>Bytes of a file that is read at all.</summary>
    private const long LargestFile = 1 << 20;

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(
        variable("XDG_CONFIG_HOME") is { } config && System.IO.Path.IsPathRooted(config) ? config : System.IO.Path.Combine(home, ".config"),
        "wharf", "settings.json");

    /// <summary>What it says; nothing where there is none.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public async Task<ShellSettings> ReadAsync(CancellationToken cancel)
    {
        try
        {
            if (!File.Exists(Path))
            {
                return new ShellSettings();
            }

            await using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return file.Length > LargestFile
                ? throw new UsageException($"{FileNames.ForDisplay(Path)} is larger than settings can be.")
                : await JsonSerializer.DeserializeAsync(file, SettingsJson.Default.ShellSettings, cancel) ?? new ShellSettings();
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{FileNames.ForDisplay(Path)} cannot be read: {FileNames.ForDisplay(bad.Message)}");
        }
    }

    /// <summary>Writes it, in one step.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public async Task WriteAsync(ShellSettings settings, CancellationToken cancel)
    {
        try
        {
            string folder = System.IO.Path.GetDirectoryName(Path)!, fresh = Path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                File.Delete(fresh);
            }

            await using (var file = new FileStream(fresh, options))
            {
                await JsonSerializer.SerializeAsync(file, settings, SettingsJson.Default.ShellSettings, cancel);
            }

            File.Move(fresh, Path, overwrite: true);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{FileNames.ForDisplay(Path)} cannot be written: {FileNames.ForDisplay(bad.Message)}");
        }
    }
}
