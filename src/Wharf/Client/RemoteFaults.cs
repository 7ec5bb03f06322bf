using System.Diagnostics.CodeAnalysis;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Client;

/// <summary>What went wrong below, in the words of <see cref="RemoteException"/>: one table for files, one for the way to them.</summary>
internal static class RemoteFaults
{
    /// <summary>Whether an exception is a failure of the world rather than a bug or a cancellation.</summary>
    public static bool IsFault(Exception exception) => exception is IOException;

    /// <summary>The exception a caller gets.</summary>
    /// <param name="fault">For which <see cref="IsFault"/> is true.</param>
    /// <param name="path">What the call was about; null for nothing in particular.</param>
    public static RemoteException Translate(Exception fault, string? path) => fault switch
    {
        RemoteException done => done,
        FileException file => new RemoteException(Of(file.Error), Sentence(file), file)
        {
            Path = file.Path.Length > 0 ? file.Path : path,
            ServerReply = file.ServerReply ?? (file.InnerException as ConnectionException)?.ServerReply,
            IsTransient = file.Error is FileError.Busy or FileError.TooManyOpen,
        },
        ConnectionException way => new RemoteException(Of(way.Error), way.Message, way)
        {
            Path = path,
            ServerReply = way.ServerReply,
            IsTransient = way.IsTransient,
        },
        TlsException tls => new RemoteException(RemoteError.NotTrusted, tls.Message, tls) { Path = path },
        _ => new RemoteException(RemoteError.Connection, $"The connection failed: {fault.Message}", fault) { Path = path, IsTransient = true },
    };

    /// <summary>Throws what the caller gets.</summary>
    [DoesNotReturn]
    public static void Throw(Exception fault, string? path) => throw Translate(fault, path);

    /// <summary>For one file.</summary>
    public static RemoteError Of(FileError error) => error switch
    {
        FileError.NotFound or FileError.NotDirectory => RemoteError.NotFound,
        FileError.Exists or FileError.NotEmpty => RemoteError.Exists,
        FileError.Denied or FileError.ReadOnly => RemoteError.Denied,
        FileError.NoSpace or FileError.QuotaExceeded or FileError.TooLarge => RemoteError.NoSpace,
        FileError.BadName or FileError.NameTooLong => RemoteError.BadName,
        FileError.NotSupported => RemoteError.NotSupported,
        _ => RemoteError.Io,
    };

    /// <summary>For the way.</summary>
    public static RemoteError Of(ConnectionError error) => error switch
    {
        ConnectionError.TimedOut => RemoteError.TimedOut,
        ConnectionError.Protocol => RemoteError.Protocol,
        ConnectionError.LoginRefused => RemoteError.Login,
        ConnectionError.NotTrusted => RemoteError.NotTrusted,
        ConnectionError.NotOffered => RemoteError.NotSupported,
        _ => RemoteError.Connection,
    };

    private static string Sentence(FileException file)
    {
        string what = file.Error switch
        {
            FileError.NotFound => "There is no such file or directory",
            FileError.Exists => "Something has that name already",
            FileError.Denied => "Permission was denied",
            FileError.ReadOnly => "The file system is read-only",
            FileError.NotDirectory => "A part of the path that must be a directory is none",
            FileError.IsDirectory => "It is a directory",
            FileError.NotRegular => "It is neither a file nor a directory",
            FileError.NotEmpty => "The directory is not empty",
            FileError.NoSpace => "The disk is full",
            FileError.QuotaExceeded => "The quota is used up",
            FileError.TooLarge => "The file would be larger than the server allows",
            FileError.NameTooLong => "The name is too long",
            FileError.BadName => "No file can have that name here",
            FileError.LinkLoop => "Symbolic links on the way run in a circle or lead out of the root",
            FileError.CrossDevice => "Source and target are on different disks",
            FileError.Busy => "It is in use",
            FileError.TooManyOpen => "Too many files are open",
            FileError.NotSupported => "The server cannot do that",
            FileError.Invalid => "The request makes no sense to the server",
            _ => "The disk or the server failed",
        };
        string reply = file.ServerReply is { Length: > 0 } said ? $" (the server said: {FileNames.ForDisplay(said)})" : "";
        return file.IsInPlace ? file.Message + reply : file.Path.Length > 0 ? $"{what}: {FileNames.ForDisplay(file.Path)}{reply}" : what + reply;
    }
}
