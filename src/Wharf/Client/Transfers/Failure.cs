using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>What the ends throw, in the words of the client library: one table.</summary>
internal static class Failure
{
    /// <summary>Whether this is something an end may answer, and not a mistake of ours or a cancellation.</summary>
    public static bool IsOfAnEnd(Exception failure) => failure is FileException or ConnectionException or RemoteException;

    /// <summary>Whether the same may succeed later.</summary>
    public static bool IsTransient(Exception failure) => failure switch
    {
        ConnectionException way => way.IsTransient,
        FileException file => file.Error is FileError.Busy or FileError.TooManyOpen,
        RemoteException remote => remote.IsTransient,
        _ => false,
    };

    /// <summary>Whether every further item would fail too: the way is gone, or there is no room.</summary>
    public static bool EndsAll(Exception failure) => failure switch
    {
        ConnectionException => true,
        FileException file => file.Error is FileError.NoSpace or FileError.QuotaExceeded or FileError.ReadOnly,
        RemoteException remote => remote.Error is RemoteError.Connection or RemoteError.Login or RemoteError.NotTrusted or RemoteError.NoSpace,
        _ => false,
    };

    /// <summary>The exception of the client library.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="path">What it was about, where the exception does not say.</param>
    public static RemoteException Of(Exception failure, string? path) => failure switch
    {
        RemoteException remote => remote,
        FileException file => new(Of(file.Error), Sentence(file), file)
        {
            Path = file.Path.Length > 0 ? file.Path : path,
            ServerReply = file.ServerReply,
            IsTransient = IsTransient(file),
        },
        ConnectionException way => new(Of(way.Error), way.Message, way)
        {
            Path = path,
            ServerReply = way.ServerReply,
            IsTransient = way.IsTransient,
        },
        _ => new(RemoteError.Io, failure.Message, failure) { Path = path },
    };

    private static string Sentence(FileException file) => FormattableString.Invariant(
        $"{FileNames.ForDisplay(file.Path)}: {file.Error}{(file.ServerReply is { } reply ? ", \"" + FileNames.ForDisplay(reply) + "\"" : "")}.");

    private static RemoteError Of(FileError error) => error switch
    {
        FileError.NotFound => RemoteError.NotFound,
        FileError.Exists or FileError.NotEmpty => RemoteError.Exists,
        FileError.Denied or FileError.ReadOnly => RemoteError.Denied,
        FileError.NoSpace or FileError.QuotaExceeded or FileError.TooLarge => RemoteError.NoSpace,
        FileError.BadName or FileError.NameTooLong => RemoteError.BadName,
        FileError.NotSupported => RemoteError.NotSupported,
        _ => RemoteError.Io,
    };

    private static RemoteError Of(ConnectionError error) => error switch
    {
        ConnectionError.TimedOut => RemoteError.TimedOut,
        ConnectionError.LoginRefused => RemoteError.Login,
        ConnectionError.NotTrusted => RemoteError.NotTrusted,
        ConnectionError.NotOffered => RemoteError.NotSupported,
        ConnectionError.Protocol => RemoteError.Protocol,
        _ => RemoteError.Connection,
    };
}
