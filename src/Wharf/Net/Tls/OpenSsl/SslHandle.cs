using System.Runtime.InteropServices;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>One SSL object and the BIO below it. Whoever calls libssl with it holds a lock of its own: libssl has none.</summary>
internal sealed class SslHandle : SafeHandle
{
    private GCHandle _below;

    /// <summary>A new one of this context over these bytes.</summary>
    /// <param name="context">The rules.</param>
    /// <param name="below">What is received and sealed.</param>
    /// <param name="socket">Where libssl itself sends to, so that it can have the kernel seal; -1 for none.</param>
    public SslHandle(SslContext context, SealedBytes below, int socket = -1)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.Have(LibSsl.New(context), "No TLS connection can be made"));
        _below = GCHandle.Alloc(below);
        nint bio = SealedBytes.NewBio(GCHandle.ToIntPtr(_below));
        if (socket < 0)
        {
            LibSsl.SetBio(handle, bio, bio);
            return;
        }

        LibSsl.SetBio(handle, bio, LibSsl.Have(LibSsl.NewSocketBio(socket, close: 0), "No BIO can be made"));
        _ = LibSsl.SetOptions(handle, LibSsl.EnableKernelTls);
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
