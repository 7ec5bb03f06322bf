namespace Wharf.Net.Tls;

/// <summary>
/// What libssl's reasons mean to whoever connects; SslStream on Linux has them in its messages too. An alert is named by the peer, so that a
/// certificate in it is ours.
/// </summary>
internal static class TlsFaults
{
    /// <summary>Words of OpenSSL's reasons (ERR_reason_error_string), the first that is found counts.</summary>
    private static readonly (string Words, TlsFault Fault)[] Reasons =
    [
        ("certificate verify failed", TlsFault.Certificate),
        ("alert bad certificate", TlsFault.OwnCertificate),
        ("alert certificate", TlsFault.OwnCertificate),
        ("alert unsupported certificate", TlsFault.OwnCertificate),
        ("alert unknown ca", TlsFault.OwnCertificate),
        ("alert no certificate", TlsFault.OwnCertificate),
        ("alert access denied", TlsFault.OwnCertificate),

        // RFC 8446 section 6.2: handshake_failure is "unable to negotiate an acceptable set of security parameters".
        ("alert handshake failure", TlsFault.NothingInCommon),
        ("alert protocol version", TlsFault.NothingInCommon),
        ("alert insufficient security", TlsFault.NothingInCommon),
        ("alert no application protocol", TlsFault.NothingInCommon),
        ("unsupported protocol", TlsFault.NothingInCommon),
        ("unsupported ssl version", TlsFault.NothingInCommon),
        ("no protocols available", TlsFault.NothingInCommon),
        ("no ciphers available", TlsFault.NothingInCommon),
        ("no shared cipher", TlsFault.NothingInCommon),
        ("no suitable", TlsFault.NothingInCommon),
        ("wrong ssl version", TlsFault.NothingInCommon),
        ("wrong cipher returned", TlsFault.NothingInCommon),
        ("dh key too small", TlsFault.NothingInCommon),
        ("unexpected eof", TlsFault.Ended),
    ];

    /// <summary>What a reason means.</summary>
    public static TlsFault Of(string reason)
    {
        foreach (var (words, fault) in Reasons)
        {
            if (reason.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return fault;
            }
        }

        return TlsFault.Broken;
    }

    /// <summary>What an exception and those below it mean.</summary>
    public static TlsFault Of(Exception failure)
    {
        for (var at = failure; at is not null; at = at.InnerException)
        {
            if (Of(at.Message) is not TlsFault.Broken and var fault)
            {
                return fault;
            }
        }

        return TlsFault.Broken;
    }
}
