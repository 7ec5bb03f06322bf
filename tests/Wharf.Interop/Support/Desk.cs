using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Wharf.Interop.Support;

/// <summary>
/// One test's place: a folder below the server's root and one of the client's own. What is in either is compared by SHA-256
/// computed here, never by what a client says about itself.
/// </summary>
internal sealed class Desk : IDisposable
{
    private static int s_count;

    private readonly WharfdProcess? _server;

    public Desk(WharfdProcess server)
        : this(server.Root, server.Folder) => _server = server;

    /// <summary>A desk at a server that is not the daemon.</summary>
    /// <param name="root">What clients see as "/".</param>
    /// <param name="folder">Where the client's places are made.</param>
    public Desk(string root, string folder)
    {
        Name = $"desk{Interlocked.Increment(ref s_count)}";
        Remote = Directory.CreateDirectory(Path.Combine(root, Name)).FullName;
        Local = Directory.CreateDirectory(Path.Combine(folder, "clients", Name)).FullName;
    }

    /// <summary>The folder's name as the client sees it from "/".</summary>
    public string Name { get; }

    /// <summary>The server's folder of this test, on disk.</summary>
    public string Remote { get; }

    /// <summary>The client's folder, which is its working folder and HOME.</summary>
    public string Local { get; }

    /// <summary>Relative paths (folders with a closing slash) and the SHA-256 of each file.</summary>
    public static SortedDictionary<string, string> Digest(string folder)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, entry.FullName);
            if (entry is DirectoryInfo)
            {
                found[name + "/"] = "";
            }
            else
            {
                found[name] = HashOf(entry.FullName);
            }
        }

        return found;
    }

    public static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    /// <summary>Asserts that two files hold the same bytes.</summary>
    public static void SameFile(string expected, string actual)
    {
        Assert.True(File.Exists(actual), $"{actual} is not there.");
        Assert.Equal(HashOf(expected), HashOf(actual));
    }

    /// <summary>Asserts that two trees hold the same names and bytes.</summary>
    public static void SameTree(string expected, string actual)
    {
        var wanted = Digest(expected);
        var found = Digest(actual);
        var missing = wanted.Keys.Except(found.Keys);
        var more = found.Keys.Except(wanted.Keys);
        var different = wanted.Keys.Where(name => found.TryGetValue(name, out string? hash) && hash != wanted[name]);
        string difference = string.Join('\n', [.. missing.Select(name => $"missing: {name}|"), .. more.Select(name => $"too many: {name}|"), .. different.Select(name => $"other bytes: {name}|")]);
        Assert.True(difference.Length == 0, difference);
    }

    /// <summary>A file of so many random bytes in the client's folder.</summary>
    public string LocalFile(string name, int bytes) => Fill(Path.Combine(Local, name), bytes);

    /// <summary>A file of so many random bytes in the server's folder.</summary>
    public string RemoteFile(string name, int bytes) => Fill(Path.Combine(Remote, name), bytes);

    /// <summary>A folder in the client's place.</summary>
    public string LocalFolder(string name) => Directory.CreateDirectory(Path.Combine(Local, name)).FullName;

    /// <summary>A folder in the server's place.</summary>
    public string RemoteFolder(string name) => Directory.CreateDirectory(Path.Combine(Remote, name)).FullName;

    /// <summary>A path in the client's place that need not be there yet.</summary>
    public string LocalPath(string name) => Path.Combine(Local, name);

    /// <summary>A path in the server's place that need not be there yet.</summary>
    public string RemotePath(string name) => Path.Combine(Remote, name);

    /// <summary>A text file, written as UTF-8, in the client's place.</summary>
    public string LocalText(string name, string text)
    {
        string path = Path.Combine(Local, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return path;
    }

    /// <summary>The address of a path below this desk, with every byte beyond letters and digits percent-encoded.</summary>
    public string Url(string path = "", bool six = false, bool login = false)
    {
        var server = _server ?? throw new InvalidOperationException("Only the daemon speaks FTP.");
        string host = six ? $"[::1]:{server.Port6}" : $"127.0.0.1:{server.Port}";
        string user = login ? $"{WharfdProcess.User}:{WharfdProcess.Password}@" : "";
        return $"ftp://{user}{host}/{Name}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";
    }

    public void Dispose()
    {
        Remove(Remote);
        Remove(Local);
    }

    /// <summary>Deletes a folder with all in it; by rm, since the base library cannot name what is not UTF-8.</summary>
    public static void Remove(string folder)
    {
        using var rm = Process.Start("rm", ["-rf", "--", folder]);
        rm.WaitForExit();
    }

    private static string Fill(string path, int bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(bytes));
        return path;
    }
}
