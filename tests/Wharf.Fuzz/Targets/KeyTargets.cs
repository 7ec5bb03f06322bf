using System.Net;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// A public key or certificate, a signature of it behind two bytes of the key's length: read or refused, and what nobody signed
/// is not signed.
/// </summary>
internal sealed class PublicKeyTarget() : FuzzTarget("public-key")
{
    public override IReadOnlyList<string> Words =>
        [.. PublicKeyTable.Rows.Select(row => $"\0\0\0{(char)row.Type.Length}{row.Type}"), "\0\0\0\u0020", "\0\0\0\u0008nistp256", "\0\0\0\u0041\u0004", "\u00ff\u00ff\u00ff\u00ff"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        if (input.Length < 2)
        {
            return Task.CompletedTask;
        }

        int cut = Math.Min((input[0] << 8) | input[1], input.Length - 2);
        byte[] bytes = input[2..(2 + cut)];
        byte[] signature = input[(2 + cut)..];
        try
        {
            var blob = new PublicKeyBlob(new WireReader(bytes).Text(), bytes);
            using var key = PublicKey.Parse(blob);
            if (key is null)
            {
                return Task.CompletedTask;
            }

            Require(key.SignatureAlgorithms.Count > 0, "A key has algorithms.");
            foreach (string algorithm in key.SignatureAlgorithms)
            {
                Require(!Verify(key, algorithm, signature), "A signature that nobody made is none.");
            }

            if (Certificate.Parse(blob) is { } certificate)
            {
                Require(certificate.Principals.Count < 10_000, "Principals are bounded.");
            }
        }
        catch (WireException)
        {
            // Refused.
        }

        return Task.CompletedTask;
    }

    private static bool Verify(PublicKey key, string algorithm, byte[] signature)
    {
        try
        {
            return key.Verify(algorithm, "what nobody has signed"u8, signature).IsValid;
        }
        catch (WireException)
        {
            return false;
        }
    }
}

/// <summary>A file with a private key: read, and then it signs; or refused.</summary>
internal sealed class PrivateKeyTarget() : FuzzTarget("private-key")
{
    public override IReadOnlyList<string> Words =>
        ["-----BEGIN OPENSSH PRIVATE KEY-----\n", "-----END OPENSSH PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "Proc-Type: 4,ENCRYPTED\n", "DEK-Info: AES-128-CBC,",
        "PuTTY-User-Key-File-2: ", "PuTTY-User-Key-File-3: ", "Encryption: none\n", "Encryption: aes256-cbc\n", "Public-Lines: ", "Private-Lines: ", "Private-MAC: ", "b3BlbnNzaC1rZXktdjEA", "AAAA", "====", "\r\n"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        try
        {
            PrivateKeyFile.ReadPublic(input, out _);
        }
        catch (KeyFormatException)
        {
            // As below.
        }

        try
        {
            // With a passphrase, so that what is encrypted is looked into.
            using var key = PrivateKeyFile.Read(input, "x", out string comment, cancel);
            Require(comment is not null, "A key has a comment, perhaps empty.");
            using var half = PublicKey.Parse(key.Public);
            byte[] signature = key.Sign(key.SignatureAlgorithms[0], "x"u8);
            Require(half is not null && half.Verify(key.SignatureAlgorithms[0], "x"u8, signature).IsValid, "A key that was read signs for its public half.");
        }
        catch (KeyFormatException)
        {
            // Refused, in the one way there is.
        }

        return Task.CompletedTask;
    }
}

/// <summary>A file of authorized_keys: lines that count and lines that do not, and a stranger's key is on none.</summary>
internal sealed class AuthorizedKeysTarget() : FuzzTarget("authorized-keys")
{
    private static readonly SigningKey Stranger = new Ed25519SigningKey([.. Enumerable.Repeat((byte)9, 32)]);

    public override IReadOnlyList<string> Words =>
    [
        "ssh-ed25519 ", "AAAAC3NzaC1lZDI1NTE5AAAAI", "from=\"", "*,!10.0.0.0/8,", "2001:db8::/32", "cert-authority,", "principals=\"", "expiry-time=\"20260101\"",
        "restrict,", "no-touch-required,", "verify-required,", "command=\"internal-sftp\"", "\\\"", "\",", "\n", "\r\n", "# ", "environment=\"", "permitopen=\"",
    ];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        string text = FileNames.Decode(input);
        var keys = AuthorizedKeys.Parse(text, TimeZoneInfo.Utc);
        int lines = 1 + text.Count(c => c == '\n');
        Require(keys.Count + keys.Problems.Count <= lines, "A line counts or is a problem.");
        Require(keys.Problems.All(problem => problem.Line >= 1 && problem.Line <= lines), "A problem has a line.");
        Require(
            keys.RefusalToAsk(Stranger.Public, "anna", IPAddress.Parse("192.0.2.1"), DateTimeOffset.UnixEpoch) is not null,
            "A key that is on no line is refused.");
        return Task.CompletedTask;
    }
}
