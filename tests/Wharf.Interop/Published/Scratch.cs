using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>A folder for one test, gone with it.</summary>
internal sealed class Scratch : IDisposable
{
    /// <param name="inMemory">Whether it shall be where no disk is, if there is such a place.</param>
    public Scratch(bool inMemory = false) => Folder = inMemory && Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/wharf-test-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("wharf-test-").FullName;

    /// <summary>It.</summary>
    public string Folder { get; }

    /// <summary>A path in it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose() => Desk.Remove(Folder);
}
