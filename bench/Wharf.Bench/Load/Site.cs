using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Bench.Load;

/// <summary>
/// What every server serves: one folder in tmpfs with the files of all measurements, and the one user who may log in.
/// Outside it, invisible to the servers, lie their configurations and the source of uploads. Removed on dispose.
/// </summary>
internal sealed class Site : IDisposable
{
    public const string BigName = "big.bin";
    public const string SmallName = "small.bin";
    public const string ManyName = "many";
    public const string UploadName = "upload.bin";
    public const string SmallFilesName = "small";
    public const string ArrivedName = "arrived";
    public const int SmallFileBytes = 4096;

    private const int ChunkBytes = 1 << 20;

    private readonly string _base;

    public Site(Scale scale)
    {
        Scale = scale;
        _base = Directory.Exists("/dev/shm") ? $"/dev/shm/wharf-bench-{Environment.ProcessId}" : Directory.CreateTempSubdirectory("wharf-bench-").FullName;
        Directory.CreateDirectory(Files);
        Directory.CreateDirectory(Run);
        Fill(Path.Combine(Files, BigName), scale.BigBytes);
        Fill(Path.Combine(Files, SmallName), scale.SmallBytes);
        var many = Directory.CreateDirectory(Path.Combine(Files, ManyName)).FullName;
        for (var i = 0; i < scale.Entries; i++)
        {
            File.Create(Path.Combine(many, $"entry-{i:d6}.txt"), 0).Dispose();
        }

        Source = File.OpenHandle(SourcePath);
    }

    public Scale Scale { get; }

    /// <summary>The folder every server serves.</summary>
    public string Files => Path.Combine(_base, "files");

    /// <summary>Configurations, logs and data folders of the servers.</summary>
    public string Run => Path.Combine(_base, "run");

    /// <summary>What uploads send: <see cref="Scale.BigBytes"/> bytes, hot in the page cache.</summary>
    public SafeFileHandle Source { get; }

    public string User { get; set; } = "wharfbench";

    public string Password { get; } = Guid.NewGuid().ToString("N")[..16];

    /// <summary>What logs the user in over SSH.</summary>
    public SshLogin Login => field ??= SshLogin.Create(Path.Combine(Run, "login"));

    /// <summary>What every server shows over TLS.</summary>
    public ServerCertificate Certificate => field ??= ServerCertificate.Create(Path.Combine(Run, "certificate"));

    /// <summary>The file behind <see cref="Source"/>.</summary>
    public string SourcePath => Path.Combine(Files, BigName);

    /// <summary>Where a client may write what it fetches.</summary>
    public string FetchedPath => Path.Combine(Run, "fetched.bin");

    public string UploadPath => Path.Combine(Files, UploadName);

    /// <summary>A folder of small files to be sent.</summary>
    public string OutgoingFolder => Path.Combine(Run, "outgoing", ArrivedName);

    /// <summary>Where they are then; not there before.</summary>
    public string ArrivedFolder => Path.Combine(Files, ArrivedName);

    /// <summary>Where a client shall leave the small files it fetches; not there before, unlike the folder above.</summary>
    public string FetchedFolder => Path.Combine(Run, "fetched", SmallFilesName);

    /// <summary>What a small file is called, given its four digits or a pattern for them.</summary>
    public static string SmallFileName(string digits) => $"file-{digits}.dat";

    /// <summary>curl's pattern for the digits of so many files.</summary>
    public static string SmallFileRange(int count) => $"[0000-{count - 1:d4}]";

    /// <summary>A file of so many bytes to be fetched or sent: the name below <see cref="Files"/>.</summary>
    public string FileOf(long bytes)
    {
        if (bytes == Scale.BigBytes)
        {
            return BigName;
        }

        var name = $"sized-{bytes}.bin";
        if (!File.Exists(Path.Combine(Files, name)))
        {
            Fill(Path.Combine(Files, name), bytes);
        }

        return name;
    }

    /// <summary>Makes the small files of both directions, so many, unless they are there.</summary>
    public void MakeSmallFiles(int count)
    {
        foreach (var folder in (string[])[Path.Combine(Files, SmallFilesName), OutgoingFolder])
        {
            if (Directory.Exists(folder) && Directory.GetFiles(folder).Length != count)
            {
                Directory.Delete(folder, recursive: true);
            }

            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                for (var i = 0; i < count; i++)
                {
                    Fill(Path.Combine(folder, SmallFileName($"{i:d4}")), SmallFileBytes);
                }
            }
        }
    }

    /// <summary>Removes what clients have made of them.</summary>
    public void RemoveSmallFolders()
    {
        foreach (var folder in (string[])[FetchedFolder, ArrivedFolder])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(FetchedFolder)!);
    }

    /// <summary>A folder for one start of one server.</summary>
    public string RunFolder(string server) => Directory.CreateDirectory(Path.Combine(Run, $"{server}-{Stopwatch.GetTimestamp():x}")).FullName;

    /// <summary>
    /// Removes the upload and touches a fifth more memory than an upload takes, then gives it back. The host of a virtual machine
    /// takes freed pages away and returns them slowly: without this the first server to upload pays for all.
    /// </summary>
    public void MakeRoomForUpload()
    {
        File.Delete(UploadPath);
        var touched = Path.Combine(_base, "touched");
        Fill(touched, Scale.BigBytes + (Scale.BigBytes / 5));
        File.Delete(touched);
    }

    public void Dispose()
    {
        Source.Dispose();
        Directory.Delete(_base, recursive: true);
    }

    private static void Fill(string path, long bytes)
    {
        var chunk = new byte[ChunkBytes];
        new Random(1).NextBytes(chunk);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        for (long at = 0; at < bytes; at += chunk.Length)
        {
            RandomAccess.Write(file, chunk.AsSpan(0, (int)Math.Min(chunk.Length, bytes - at)), at);
        }
    }
}
