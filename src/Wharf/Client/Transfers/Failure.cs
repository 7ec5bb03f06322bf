using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>What a transfer makes of what its ends throw.</summary>
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
}
