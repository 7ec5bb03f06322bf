using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>OCSP's question and answer (RFC 6960). The answers are made here, by the grammar; those of "openssl ocsp" come in Interop.</summary>
public sealed class OcspTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly X509Extension Responder = new X509AuthorityInformationAccessExtension(["http://ocsp.example.test/ask"], null);

    private static readonly TlsCertificate Leaf = Make(Responder);

    private static readonly Oid OcspSigning = new("1.3.6.1.5.5.7.3.9");

    [Fact]
    public void The_question_is_these_bytes()
    {
        var request = OcspRequest.For(Leaf)!;
        Assert.Equal("http://ocsp.example.test/ask", request.Url.OriginalString);
        var issuer = TestCertificates.Issuer.Certificate;
#pragma warning disable CA5350 // The protocol's hash.
        string name = Convert.ToHexString(SHA1.HashData(issuer.SubjectName.RawData));
        string key = Convert.ToHexString(SHA1.HashData(issuer.GetPublicKey()));
#pragma warning restore CA5350
        string serial = Leaf.Leaf.SerialNumber;
        Assert.Equal(24, serial.Length);
        // OCSPRequest of TBSRequest of requestList of Request of CertID: sha1 NULL, name, key, serial.
        Assert.Equal(
            "304D" + "304B" + "3049" + "3047" + "3045" + "3009" + "06052B0E03021A" + "0500" + $"0414{name}" + $"0414{key}" + $"020C{serial}",
            Convert.ToHexString(request.Bytes.Span));
    }

    [Fact]
    public void A_certificate_without_responder_or_issuer_has_no_question()
    {
        Assert.Null(OcspRequest.For(TestCertificates.Server));
        Assert.Null(OcspRequest.For(Make(new X509AuthorityInformationAccessExtension(["ldap://x/", "https://ocsp.example.test/"], null))));
        Assert.Null(OcspRequest.For(Make(new X509Extension("1.3.6.1.5.5.7.1.1", [0x30, 0x80, 1], false))));
        using var alone = new TlsCertificate(TestCertificates.Issuer.Leaf("CN=alone", null, [], extension: Responder), []);
        Assert.Null(OcspRequest.For(alone));
        Assert.Equal("The issuer is not in the certificate's chain.", OcspResponse.Check(Answer(), alone, Clock()).Problem);
    }

    [Fact]
    public void A_good_answer_is_stapled_until_its_end_and_asked_for_again_halfway()
    {
        byte[] bytes = Answer(end: Now.AddDays(4));
        var check = OcspResponse.Check(bytes, Leaf, Clock());
        Assert.Null(check.Problem);
        Assert.Equal(bytes, check.Staple!.Value.ToArray());
        Assert.InRange(check.ValidUntil, Now.AddDays(4).AddSeconds(-2), Now.AddDays(4));
        Assert.InRange(check.RefreshAt, Now.AddDays(2).AddSeconds(-2), Now.AddDays(2).AddMinutes(5));
    }

    [Fact]
    public void An_answer_without_an_end_counts_for_an_hour()
    {
        var check = OcspResponse.Check(Answer(hasEnd: false), Leaf, Clock());
        Assert.Null(check.Problem);
        Assert.InRange(check.ValidUntil, Now.AddHours(1), Clock().GetUtcNow().AddHours(1));
    }

    [Fact]
    public void An_answer_signed_by_a_delegate_of_the_issuer_counts()
    {
        using var signer = TestCertificates.Issuer.Leaf("CN=responder", OcspSigning, []);
        Assert.Null(OcspResponse.Check(Answer(signer: signer), Leaf, Clock()).Problem);
    }

    [Fact]
    public void An_answer_signed_with_rsa_counts()
    {
        using var rsa = RSA.Create(2048);
        using var signer = TestCertificates.Issuer.Leaf("CN=responder", OcspSigning, [], ownKey: rsa);
        Assert.Null(OcspResponse.Check(Answer(signer: signer), Leaf, Clock()).Problem);
    }

    [Fact]
    public void What_must_not_be_stapled_is_refused_in_a_sentence_that_says_why()
    {
        using var nobody = TestCertificates.Issuer.Leaf("CN=no responder", null, []);
        using var foreign = TestCertificates.ForeignRoot.Leaf("CN=responder", OcspSigning, []);
        using var old = TestCertificates.Issuer.Leaf("CN=old responder", OcspSigning, [], expires: Now.AddHours(-1));
        byte[] broken = Answer();
        broken[^3] ^= 1;

        Refused($"The certificate was revoked at {Now.AddHours(-2):u}.", Answer(status: 1));
        Refused("The responder does not know the certificate.", Answer(status: 2));
        Refused("The answer counts no more.", Answer(end: Now.AddSeconds(-2)));
        Refused("The answer does not count yet.", Answer(from: Now.AddMinutes(10)));
        Refused("The answer is for another certificate.", Answer(about: TestCertificates.Second));
        Refused("The answer is signed by somebody whom the certificate's issuer did not name for it.", Answer(signer: nobody));
        Refused("The answer is signed by somebody whom the certificate's issuer did not name for it.", Answer(signer: foreign));
        Refused("The answer is signed by somebody whom the certificate's issuer did not name for it.", Answer(signer: old));
        Refused("The answer is not signed by the certificate's issuer.", broken);
        Refused("The responder refused: try later.", [0x30, 3, 0x0A, 1, 3]);
        Refused("The responder refused: unauthorized.", [0x30, 3, 0x0A, 1, 6]);
        Refused("The responder refused: status 77.", [0x30, 3, 0x0A, 1, 77]);
        Refused("The answer has more than 32768 bytes.", new byte[40_000]);
    }

    [Fact]
    public void An_answer_cut_or_changed_anywhere_is_refused()
    {
        using var signer = TestCertificates.Issuer.Leaf("CN=responder", OcspSigning, []);
        byte[] delegated = Answer(signer: signer);
        for (int i = 0; i < delegated.Length; i++)
        {
            byte[] changed = [.. delegated];
            changed[i] ^= 0x04;
            Assert.Null(OcspResponse.Check(changed, Leaf, Clock()).Staple);
        }

        byte[] whole = Answer();
        for (int i = 0; i < whole.Length; i++)
        {
            Assert.Null(OcspResponse.Check(whole.AsMemory(0, i), Leaf, Clock()).Staple);
            byte[] changed = [.. whole];
            changed[i] ^= 0x10;
            Assert.Null(OcspResponse.Check(changed, Leaf, Clock()).Staple);
        }
    }

    /// <summary>An answer, signed by the issuer itself where no signer is given.</summary>
    internal static byte[] Answer(
        int status = 0, DateTimeOffset? from = null, DateTimeOffset? end = null, bool hasEnd = true, X509Certificate2? signer = null, TlsCertificate? about = null)
    {
        var data = new AsnWriter(AsnEncodingRules.DER);
        using (data.PushSequence())
        {
            using (data.PushSequence(Context(2)))
            {
                data.WriteOctetString(OcspCertificateId.Of(Leaf.Leaf, TestCertificates.Issuer.Certificate).IssuerKeyHash.Span);
            }

            data.WriteGeneralizedTime(Now, omitFractionalSeconds: true);
            using (data.PushSequence())
            using (data.PushSequence())
            {
                OcspCertificateId.Of((about ?? Leaf).Leaf, TestCertificates.Issuer.Certificate).Write(data);
                if (status == 1)
                {
                    using (data.PushSequence(Context(1)))
                    {
                        data.WriteGeneralizedTime(Now.AddHours(-2), omitFractionalSeconds: true);
                    }
                }
                else
                {
                    data.WriteNull(new Asn1Tag(TagClass.ContextSpecific, status));
                }

                data.WriteGeneralizedTime(from ?? Now.AddHours(-1), omitFractionalSeconds: true);
                if (hasEnd)
                {
                    using (data.PushSequence(Context(0)))
                    {
                        data.WriteGeneralizedTime(end ?? Now.AddDays(1), omitFractionalSeconds: true);
                    }
                }
            }
        }

        byte[] signed = data.Encode();
        using var rsa = signer?.GetRSAPrivateKey();
        using var ec = (signer ?? TestCertificates.Issuer.Certificate).GetECDsaPrivateKey();
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(signed);
            using (basic.PushSequence())
            {
                basic.WriteObjectIdentifier(rsa is null ? "1.2.840.10045.4.3.2" : "1.2.840.113549.1.1.11");
            }

            basic.WriteBitString(rsa?.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                ?? ec!.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            if (signer is not null)
            {
                using (basic.PushSequence(Context(0)))
                using (basic.PushSequence())
                {
                    basic.WriteEncodedValue(signer.RawData);
                }
            }
        }

        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            response.WriteEnumeratedValue(default(Successful));
            using (response.PushSequence(Context(0)))
            using (response.PushSequence())
            {
                response.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                response.WriteOctetString(basic.Encode());
            }
        }

        return response.Encode();
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);

    // Certificates live by the system's clock, and so do these answers.
    private static TimeProvider Clock() => TimeProvider.System;

    private static TlsCertificate Make(X509Extension extension) =>
        new(TestCertificates.Issuer.Leaf("CN=ocsp.example.test", null, ["ocsp.example.test"], extension: extension), [TestCertificates.Issuer.Public]);

    private static void Refused(string sentence, byte[] answer)
    {
        var check = OcspResponse.Check(answer, Leaf, Clock());
        Assert.Equal(sentence, check.Problem);
        Assert.Null(check.Staple);
        Assert.True(check.RefreshAt > Now);
    }

    private enum Successful
    {
        Yes,
    }
}
