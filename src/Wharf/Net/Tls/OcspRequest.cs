using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls;

/// <summary>
/// The question whether a certificate still counts (OCSP, RFC 6960), as a server asks it to staple the answer. Sent by POST with
/// Content-Type application/ocsp-request; without a nonce, so that responders answer from what they have (RFC 5019 section 4).
/// </summary>
/// <param name="Url">Where to ask, from the certificate; http.</param>
/// <param name="Bytes">The request, DER.</param>
public sealed record OcspRequest(Uri Url, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The request for a certificate; null where it names no responder or where its issuer is not in its chain.</summary>
    public static OcspRequest? For(TlsCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (certificate.Chain.Count == 0 || Responder(certificate.Leaf) is not { } url)
        {
            return null;
        }

        // OCSPRequest { TBSRequest { requestList { Request { CertID } } } }, everything else at its default.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            OcspCertificateId.Of(certificate.Leaf, certificate.Chain[0]).Write(writer);
        }

        return new OcspRequest(url, writer.Encode());
    }

    /// <summary>The first responder that is reached by http: https would need the certificate that is asked about.</summary>
    private static Uri? Responder(X509Certificate2 leaf)
    {
        try
        {
            return leaf.Extensions.OfType<X509AuthorityInformationAccessExtension>().SelectMany(extension => extension.EnumerateOcspUris())
                .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null)
                .FirstOrDefault(url => url?.Scheme == Uri.UriSchemeHttp);
        }
        catch (CryptographicException)
        {
            // An extension that cannot be read names nobody.
            return null;
        }
    }
}

/// <summary>Which certificate is meant: CertID of RFC 6960 section 4.1.1.</summary>
internal readonly record struct OcspCertificateId(string HashOid, ReadOnlyMemory<byte> IssuerNameHash, ReadOnlyMemory<byte> IssuerKeyHash, ReadOnlyMemory<byte> Serial)
{
    private const string Sha1 = "1.3.14.3.2.26";

    /// <summary>By SHA-1, the only hash all responders know (RFC 5019 section 2.1.1); it identifies and proves nothing.</summary>
#pragma warning disable CA5350 // The protocol's hash.
    public static OcspCertificateId Of(X509Certificate2 certificate, X509Certificate2 issuer) => new(
        Sha1,
        SHA1.HashData(issuer.SubjectName.RawData),
        SHA1.HashData(issuer.PublicKey.EncodedKeyValue.RawData),
        certificate.SerialNumberBytes);
#pragma warning restore CA5350

    public static OcspCertificateId Read(AsnReader reader)
    {
        var id = reader.ReadSequence();
        var algorithm = id.ReadSequence();
        string hash = algorithm.ReadObjectIdentifier();
        var read = new OcspCertificateId(hash, id.ReadOctetString(), id.ReadOctetString(), id.ReadIntegerBytes());
        id.ThrowIfNotEmpty();
        return read;
    }

    public void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(HashOid);
                writer.WriteNull();
            }

            writer.WriteOctetString(IssuerNameHash.Span);
            writer.WriteOctetString(IssuerKeyHash.Span);
            writer.WriteInteger(Serial.Span);
        }
    }

    public bool Equals(OcspCertificateId other) =>
        HashOid == other.HashOid
        && IssuerNameHash.Span.SequenceEqual(other.IssuerNameHash.Span)
        && IssuerKeyHash.Span.SequenceEqual(other.IssuerKeyHash.Span)
        && Serial.Span.SequenceEqual(other.Serial.Span);

    public override int GetHashCode() => Serial.Length;
}
