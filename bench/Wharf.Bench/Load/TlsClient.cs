using System.Runtime.InteropServices;

namespace Wharf.Bench.Load;

/// <summary>
/// The client side of TLS, the same against every server: TLS 1.3, TLS_AES_128_GCM_SHA256 and one group for the key exchange, so that
/// no server answers with more or less work than another. Nobody asks whether a certificate is to be trusted.
/// </summary>
internal sealed unsafe class TlsClient
{
    public const string CipherSuite = "TLS_AES_128_GCM_SHA256";

    /// <summary>The one group that all servers have: vsftpd knows no other.</summary>
    public const string Group = "P-256";

    private static readonly Lazy<TlsClient> TheOne = new(() => new TlsClient());

    private readonly nint _context;

    private TlsClient()
    {
        _context = LibSsl.NewContext(LibSsl.ClientMethod());
        var group = Marshal.StringToCoTaskMemUTF8(Group);
        var good = _context != 0
            && LibSsl.ControlContext(_context, LibSsl.ControlSetMinVersion, LibSsl.VersionTls13, null) == 1
            && LibSsl.ControlContext(_context, LibSsl.ControlSetMaxVersion, LibSsl.VersionTls13, null) == 1
            && LibSsl.SetCipherSuites(_context, CipherSuite) == 1
            && LibSsl.ControlContext(_context, LibSsl.ControlSetGroupsList, 0, (void*)group) == 1;
        Marshal.FreeCoTaskMem(group);
        if (!good)
        {
            throw TlsSocket.Failed("SSL_CTX_new");
        }

        LibSsl.ControlContext(_context, LibSsl.ControlMode, LibSsl.Modes, null);
        LibSsl.SetOptions(_context, LibSsl.IgnoreUnexpectedEof);
        LibSsl.SetCertificateCheck(_context, &Accept, 0);
    }

    /// <summary>One for the whole process: its settings never change, and OpenSSL lets threads share them.</summary>
    public static TlsClient Shared => TheOne.Value;

    /// <summary>Why there is no TLS here; null when there is.</summary>
    public static string? Missing() => NativeLibrary.TryLoad(LibSsl.Library, out _) ? null : $"there is no {LibSsl.Library}";

    /// <summary>A control connection: a full handshake.</summary>
    public TlsSocket Control(TcpSocket socket) => new(_context, socket, session: 0, TlsUse.Control);

    /// <summary>A data connection that offers the session of its control connection.</summary>
    public TlsSocket Data(TcpSocket socket, TlsSocket control, TlsUse use)
    {
        var session = LibSsl.TakeSession(control.Handle);
        try
        {
            return new(_context, socket, session, use);
        }
        finally
        {
            LibSsl.FreeSession(session);
        }
    }

    /// <summary>Any certificate will do, and no chain is built. Whether the server has its key is checked all the same.</summary>
    [UnmanagedCallersOnly]
    private static int Accept(nint store, nint argument) => 1;
}

/// <summary>What a connection is for, which decides its buffers.</summary>
internal enum TlsUse
{
    /// <summary>Short lines: buffers of one record, given back while it is silent.</summary>
    Control,

    /// <summary>Much to read: as many records a system call as a large buffer takes.</summary>
    Download,

    /// <summary>Much to write: sixteen records a system call.</summary>
    Upload,
}
