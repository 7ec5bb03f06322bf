using System.Text;
using Wharf.Accounts;

namespace Wharf.Fuzz.Targets;

/// <summary>The users a client's certificate names: none, or such as can be nothing but names.</summary>
internal sealed class CertificateNamesTarget() : FuzzTarget("certificate-names")
{
    public override IReadOnlyList<string> Words =>
    [
        "\u0006\u0003\u0055\u001d\u0011", // subjectAltName
        "\u0006\u0003\u0055\u0004\u0003", // commonName
        "\u0006\u000a\u002b\u0006\u0001\u0004\u0001\u0082\u0037\u0014\u0002\u0003", // userPrincipalName
        "\u0081\u0005alice", "\u0082\u0005alice", "\u00a0\u0009", "\u000c\u0005alice", "\u0013\u0005alice", "\u001e\u000a\0a\0l\0i\0c\0e", "\0", "\u0030\u0080",
    ];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        if (Credential.ClientCertificate.From(input) is { } certificate)
        {
            foreach (string name in certificate.Names)
            {
                Require(CertificateNames.IsName(name), "A name is a name.");
                Require(!name.Any(c => char.IsControl(c) || char.IsPunctuation(c) && !".-_@+".Contains(c)), "A name is nothing else.");
                Require(certificate.IsFor(name), "It is for whom it names.");
            }

            Require(!certificate.IsFor(""), "It is for somebody.");
            Require(!certificate.ToString().Contains(Encoding.Latin1.GetString(input), StringComparison.Ordinal), "The log sees a fingerprint.");
        }

        return Task.CompletedTask;
    }
}
