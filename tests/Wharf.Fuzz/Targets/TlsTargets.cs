using System.Text;
using Wharf.Net.Tls;

namespace Wharf.Fuzz.Targets;

/// <summary>A responder's answer: judged whatever it is, and stapled only where it is signed, which nobody can by chance.</summary>
internal sealed class OcspResponseTarget() : FuzzTarget("ocsp-response")
{
    private static readonly TlsCertificate Certificate = Sample.Load();

    public override IReadOnlyList<string> Words =>
    [
        "\u002b\u0006\u0001\u0005\u0005\u0007\u0030\u0001\u0001", // id-pkix-ocsp-basic
        "\u002a\u0086\u0048\u00ce\u003d\u0004\u0003\u0002", // ecdsa-with-SHA256
        "\u0018\u000f20260102030405Z", "\u0080\0", "\u0082\0", "\u00a0\u0003", "\u00a1\u0011", "\u0030\u0080", "\u0030\u0084\u007f\u00ff\u00ff\u00ff", "\u000a\u0001\0",
    ];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var check = OcspResponse.Check(input, Certificate, TimeProvider.System);
        Require(check.Staple is null, "What nobody signed is not stapled.");
        Require(check.Problem is { Length: > 0 and < 200 } problem && !problem.Any(char.IsControl), "Why is one sentence.");
        Require(check.RefreshAt > check.ValidUntil, "It is asked for again.");
        return Task.CompletedTask;
    }
}

/// <summary>A certificate's file with a key or not, PEM or PKCS#12: read, or refused in a sentence.</summary>
internal sealed class CertificateFileTarget() : FuzzTarget("certificate-file")
{
    public override IReadOnlyList<string> Words =>
        ["-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN EC PRIVATE KEY-----\n", "MII", "\n", "Proc-Type: 4,ENCRYPTED"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        try
        {
            using var read = TlsCertificate.Load(input, password: "secret");
            Require(read.Leaf.HasPrivateKey, "It can be used.");
            Require(read.Chain.Count < 100, "A chain has an end.");
        }
        catch (TlsException refused)
        {
            Require(refused.Message.EndsWith('.') && !refused.Message.Any(char.IsControl), "Why is one sentence.");
        }

        return Task.CompletedTask;
    }
}

/// <summary>A certificate and an issuer, by which nothing was ever signed.</summary>
internal static class Sample
{
    public static TlsCertificate Load()
    {
        var leaf = TlsCertificate.Load(Encoding.ASCII.GetBytes(TlsCertificate.MakeSelfSigned(["localhost"], TimeProvider.System)));
        return new TlsCertificate(leaf.Leaf, [leaf.Leaf]);
    }
}
