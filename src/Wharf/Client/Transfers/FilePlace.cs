using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>One end of a copy: a path and the file system it lies in.</summary>
/// <param name="Files">Local or remote; not owned.</param>
/// <param name="Path">Of a file or a directory.</param>
internal readonly record struct FilePlace(IFileSystem Files, VirtualPath Path)
{
    /// <summary>The server, where it is one.</summary>
    public IRemoteFiles? Remote => Files as IRemoteFiles;

    /// <summary>Another path of the same file system.</summary>
    public FilePlace At(VirtualPath path) => new(Files, path);

    /// <summary>A name in this directory.</summary>
    /// <exception cref="FileException">BadName.</exception>
    public FilePlace Append(string name) => new(Files, Path.Append(name));
}
