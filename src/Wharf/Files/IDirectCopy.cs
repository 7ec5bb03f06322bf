namespace Wharf.Files;

/// <summary>A server that can take a file straight from another one, while only commands go through us.</summary>
internal interface IDirectCopy
{
    /// <summary>Whether it is worth trying: both ends speak of it, the caller wants it, and it was not found to be impossible before. Asks nobody.</summary>
    bool MayCopyFrom(IRemoteFiles source);

    /// <summary>
    /// Copies a whole file, over what is there. False where the servers do not do it, or one of them refused; what is under the target's name
    /// then is not known. Throws <c>Wharf.Net.ConnectionException</c> where the way to one of the servers was lost before they began.
    /// </summary>
    ValueTask<bool> TryCopyFromAsync(IRemoteFiles source, VirtualPath from, VirtualPath to, CancellationToken cancellationToken);
}
