using System.Runtime.InteropServices;
using System.Text;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>The handshake, and what it came to.</summary>
internal sealed partial class OpenSslConnection
{
    /// <summary>The handshake. Where it throws, nothing is left of this object and the connection below is the caller's.</summary>
    public async ValueTask HandshakeAsync(CancellationToken cancel)
    {
        try
        {
            Next next;
            while ((next = TryHandshake()) != Next.Done)
            {
                await FlushAsync(cancel).ConfigureAwait(false);
                if (next == Next.Writable)
                {
                    await RoomAsync(cancel).ConfigureAwait(false);
                }
                else
                {
                    await FillAsync(cancel).ConfigureAwait(false);
                }
            }

            lock (_gate)
            {
                _facts = ReadFacts();
                if (_isData)
                {
                    LibSsl.SetReadBuffer(_ssl, DataReceiveBytes);
                    LibSsl.SetReadAhead(_ssl, 1);
                }
            }

            // What a server of TLS 1.3 has left to say are tickets, which have time until the first reply.
            if (_bytes.Server is null || _facts.Protocol != "TLSv1.3")
            {
                await FlushAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (TlsException)
        {
            // The alert tells the peer why; where it does not get through, the peer sees the connection end.
            await FlushAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Free();
            throw;
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>One step, and what the next one needs.</summary>
    private Next TryHandshake()
    {
        lock (_gate)
        {
            Use();
            LibSsl.ClearErrors();
            int answer = LibSsl.DoHandshake(_ssl);
            if (answer == 1)
            {
                return Next.Done;
            }

            switch (LibSsl.ErrorOf(_ssl, answer))
            {
                case LibSsl.WantRead:
                    return Next.Readable;
                case LibSsl.WantWrite:
                    return Next.Writable;
            }

            string reason = LibSsl.Reason();
            throw _bytes.Failure switch
            {
                TlsException known => known,
                { } failure => new TlsException($"The TLS handshake failed: {failure.Message}", failure),
                null when _bytes.HasEnded => new IOException("The connection ended during the TLS handshake."),
                null => new TlsException($"The TLS handshake failed: {reason}.") { Fault = TlsFaults.Of(reason) },
            };
        }
    }

    private unsafe TlsFacts ReadFacts()
    {
        byte* protocol = null;
        uint protocolBytes = 0;
        LibSsl.Alpn(_ssl, &protocol, &protocolBytes);
        nint certificate = LibSsl.PeerCertificate(_ssl);
        try
        {
            return new TlsFacts
            {
                Protocol = Marshal.PtrToStringUTF8(LibSsl.Version(_ssl)) ?? "",
                CipherSuite = Marshal.PtrToStringUTF8(LibSsl.CipherName(LibSsl.Cipher(_ssl))) ?? "",
                IsResumed = LibSsl.IsResumed(_ssl) == 1,
                ServerName = Marshal.PtrToStringUTF8(LibSsl.ServerName(_ssl, 0)),
                ApplicationProtocol = protocolBytes == 0 ? null : Encoding.ASCII.GetString(protocol, (int)protocolBytes),
                PeerCertificate = certificate == 0 ? default : LibSsl.Write(certificate),
            };
        }
        finally
        {
            if (certificate != 0)
            {
                LibSsl.FreeCertificate(certificate);
            }
        }
    }
}
