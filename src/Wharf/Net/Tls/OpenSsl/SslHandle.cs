using System.Runtime.InteropServices;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>One SSL object and the BIO below it. Whoever calls libssl with it holds a lock of its own: libssl has none.</summary>
internal sealed class SslHandle : SafeHandle
{
    private GCHandle _below;

    /// <summary>A new one of this context over these bytes.</summary>
    public SslHandle(SslContext context, SealedBytes below)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.Have(LibSsl.New(context), "No TLS connection can be made"));
        _below = GCHandle.Alloc(below);
        nint bio = SealedBytes.NewBio(GCHandle.ToIntPtr(_below));
        LibSsl.SetBio(handle, bio, bio);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // As if it had been shut down: otherwise libssl takes the session, which the control connection shares, for spoiled.
        LibSsl.SetShutdown(handle, LibSsl.SentShutdown | LibSsl.ReceivedShutdown);
        LibSsl.Free(handle);
        _below.Free();
        return true;
    }
}
