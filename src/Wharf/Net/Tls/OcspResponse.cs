using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls;

/// <summary>What came of a responder's answer.</summary>
/// <param name="Staple">The answer, to be stapled until <paramref name="ValidUntil"/>; null where it must not be.</param>
/// <param name="Problem">Why it must not be, one sentence; null where it may.</param>
/// <param name="ValidUntil">When the answer ceases to count.</param>
/// <param name="RefreshAt">When to ask again.</param>
public sealed record OcspCheck(ReadOnlyMemory<byte>? Staple, string? Problem, DateTimeOffset ValidUntil, DateTimeOffset RefreshAt);

/// <summary>
/// A responder's answer (RFC 6960 section 4.2.1), read as far as a server must to staple it: clients check it again, but one that
/// is not ours, not signed or outdated would break their handshakes.
/// </summary>
public static class OcspResponse
{
    /// <summary>Bytes of an answer at most; usual ones have 300 to 3,000.</summary>
    public const int MostBytes = 32 * 1024;

    private const string Basic = "1.3.6.1.5.5.7.48.1.1";
    private const string Signing = "1.3.6.1.5.5.7.3.9";

    /// <summary>How far a responder's clock may be ahead of ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>How long an answer counts that names no end: its responder has a newer one at any time.</summary>
    private static readonly TimeSpan WithoutEnd = TimeSpan.FromHours(1);

    /// <summary>When to ask again after an answer that was of no use.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(10);

    /// <summary>The shortest time between two questions.</summary>
    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(1);

    private static readonly string[] Refusals = ["", "malformed request", "internal error", "try later", "", "signature required", "unauthorized"];

    /// <summary>Judges the bytes of an answer for this certificate, whose issuer is in its chain. Never throws, whatever they are.</summary>
    public static OcspCheck Check(ReadOnlyMemory<byte> bytes, TlsCertificate certificate, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(clock);
        var now = clock.GetUtcNow();
        string? problem;
        try
        {
            if (certificate.Chain.Count == 0)
            {
                problem = "The issuer is not in the certificate's chain.";
            }
            else if (bytes.Length > MostBytes)
            {
                problem = $"The answer has more than {MostBytes} bytes.";
            }
            else
            {
                var (found, end) = Read(bytes, certificate, now);
                if (found is null)
                {
                    var half = (end - now) / 2;
                    return new OcspCheck(bytes, null, end, now + (half > Soonest ? half : Soonest));
                }

                problem = found;
            }
        }
        catch (Exception failure) when (failure is AsnContentException or CryptographicException or ArgumentException or NotSupportedException)
        {
            // The platform refuses keys on curves it does not know with its own kinds of exception.
            problem = "The answer cannot be read.";
        }

        return new OcspCheck(null, problem, now, now + Retry);
    }

    private static (string? Problem, DateTimeOffset End) Read(ReadOnlyMemory<byte> bytes, TlsCertificate certificate, DateTimeOffset now)
    {
        var outer = new AsnReader(bytes, AsnEncodingRules.DER);
        var response = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        int status = response.ReadEnumeratedBytes() is { Length: 1 } code ? code.Span[0] : 255;
        if (status != 0)
        {
            return ($"The responder refused: {(status < Refusals.Length && Refusals[status].Length > 0 ? Refusals[status] : "status " + status)}.", default);
        }

        var body = response.ReadSequence(Explicit(0)).ReadSequence();
        if (body.ReadObjectIdentifier() != Basic)
        {
            return ("The answer is of a kind nobody uses.", default);
        }

        var basic = new AsnReader(body.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
        var signed = basic.PeekEncodedValue();
        var data = basic.ReadSequence();
        string? problem = Signature(basic, signed, certificate, now);
        return problem is null ? Statuses(data, certificate, now) : (problem, default);
    }

    /// <summary>The rest of BasicOCSPResponse behind the data: signed by the issuer, or by whom the issuer named for it (section 4.2.2.2).</summary>
    private static string? Signature(AsnReader basic, ReadOnlyMemory<byte> signed, TlsCertificate certificate, DateTimeOffset now)
    {
        var issuer = certificate.Chain[0];
        string algorithm = basic.ReadSequence().ReadObjectIdentifier();
        byte[] signature = SignatureBytes(basic);
        if (Verifies(issuer, algorithm, signed.Span, signature))
        {
            return null;
        }

        if (!basic.HasData)
        {
            return "The answer is not signed by the certificate's issuer.";
        }

        var certificates = basic.ReadSequence(Explicit(0)).ReadSequence();
        while (certificates.HasData)
        {
            var encoded = certificates.ReadEncodedValue();
            using var signer = X509CertificateLoader.LoadCertificate(encoded.Span);
            if (Verifies(signer, algorithm, signed.Span, signature))
            {
                return IsDelegate(signer, encoded, issuer, now) ? null : "The answer is signed by somebody whom the certificate's issuer did not name for it.";
            }
        }

        return "The answer's signature is wrong.";
    }

    private static bool IsDelegate(X509Certificate2 signer, ReadOnlyMemory<byte> encoded, X509Certificate2 issuer, DateTimeOffset now)
    {
        var whole = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        var signed = whole.ReadEncodedValue();
        string algorithm = whole.ReadSequence().ReadObjectIdentifier();
        return signer.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == Signing))
            && now >= signer.NotBefore && now <= signer.NotAfter
            && Verifies(issuer, algorithm, signed.Span, SignatureBytes(whole));
    }

    private static bool Verifies(X509Certificate2 signer, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (Hash(algorithm) is not { } hash)
        {
            return false;
        }

        if (algorithm.StartsWith("1.2.840.10045.", StringComparison.Ordinal))
        {
            using var ec = signer.GetECDsaPublicKey();
            return ec?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence) ?? false;
        }

        using var rsa = signer.GetRSAPublicKey();
        return rsa?.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1) ?? false;
    }

    private static byte[] SignatureBytes(AsnReader reader)
    {
        byte[] signature = reader.ReadBitString(out int unusedBits);
        return unusedBits == 0 ? signature : throw new AsnContentException();
    }

    /// <summary>RFC 8017 appendix A.2.4 and RFC 5758 section 3.2; nothing by SHA-1.</summary>
    private static HashAlgorithmName? Hash(string algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>ResponseData, the answers to what was asked.</summary>
    private static (string? Problem, DateTimeOffset End) Statuses(AsnReader data, TlsCertificate certificate, DateTimeOffset now)
    {
        if (data.PeekTag().HasSameClassAndValue(Explicit(0)))
        {
            data.ReadEncodedValue(); // version
        }

        data.ReadEncodedValue(); // responderID: the signature has said who it is
        data.ReadGeneralizedTime(); // producedAt
        var responses = data.ReadSequence();
        var wanted = OcspCertificateId.Of(certificate.Leaf, certificate.Chain[0]);
        while (responses.HasData)
        {
            var single = responses.ReadSequence();
            if (OcspCertificateId.Read(single) == wanted)
            {
                return Status(single, now);
            }
        }

        return ("The answer is for another certificate.", default);
    }

    /// <summary>The rest of SingleResponse behind the CertID.</summary>
    private static (string? Problem, DateTimeOffset End) Status(AsnReader single, DateTimeOffset now)
    {
        // CertStatus: good [0] NULL, revoked [1], unknown [2] NULL.
        var status = single.PeekTag();
        var value = single.ReadEncodedValue();
        if (status.TagClass != TagClass.ContextSpecific || status.TagValue != 0)
        {
            return (status.TagValue == 1 ? $"The certificate was revoked at {Revoked(value):u}." : "The responder does not know the certificate.", default);
        }

        var from = single.ReadGeneralizedTime();
        var end = single.HasData && single.PeekTag().HasSameClassAndValue(Explicit(0))
            ? single.ReadSequence(Explicit(0)).ReadGeneralizedTime()
            : now + WithoutEnd;
        return from > now + Skew ? ("The answer does not count yet.", default)
            : end <= now ? ("The answer counts no more.", default)
            : (null, end);
    }

    private static DateTimeOffset Revoked(ReadOnlyMemory<byte> value) =>
        new AsnReader(value, AsnEncodingRules.DER).ReadSequence(Explicit(1)).ReadGeneralizedTime();

    private static Asn1Tag Explicit(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
