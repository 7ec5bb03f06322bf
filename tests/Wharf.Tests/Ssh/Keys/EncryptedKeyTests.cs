using System.Text;
using Wharf.Ssh.Keys;

namespace Wharf.Tests.Ssh.Keys;

/// <summary>Key files that want a passphrase, made by ssh-keygen, openssl and puttygen. The interop tests have new ones in every run.</summary>
public sealed class EncryptedKeyTests
{
    public static TheoryData<string> Names => [.. EncryptedKeys.All.Select(key => key.Name).Where(name => name != nameof(EncryptedKeys.Putty3))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_opens_with_its_passphrase(string name)
    {
        var (_, file, fingerprint) = EncryptedKeys.All.First(key => key.Name == name);
        using var key = PrivateKeyFile.Read(Encoding.UTF8.GetBytes(file), EncryptedKeys.Passphrase, out _, Cancel);
        Assert.Equal(fingerprint, key.Public.Fingerprint);
        string algorithm = key.SignatureAlgorithms[0];
        using var half = PublicKey.Parse(key.Public)!;
        Assert.True(half.Verify(algorithm, "data"u8, key.Sign(algorithm, "data"u8)).IsValid);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_passphrase_is_told_as_what_is_wrong_or_missing(string name)
    {
        byte[] file = Encoding.UTF8.GetBytes(EncryptedKeys.All.First(key => key.Name == name).File);
        var half = PrivateKeyFile.ReadPublic(file, out bool isEncrypted);
        Assert.Equal(!name.Contains("Plain", StringComparison.Ordinal), isEncrypted);
        Assert.Equal(name.StartsWith("OpenSsh", StringComparison.Ordinal) || name.StartsWith("Putty", StringComparison.Ordinal), half is not null);
        if (isEncrypted)
        {
            foreach (string? passphrase in new[] { null, "", "wrong horse" })
            {
                Assert.True(Assert.Throws<KeyFormatException>(() => PrivateKeyFile.Read(file, passphrase, out _, Cancel)).IsForPassphrase);
            }
        }
    }

    [Fact]
    public void The_comment_is_within_what_is_encrypted()
    {
        using var key = PrivateKeyFile.Read(Encoding.UTF8.GetBytes(EncryptedKeys.OpenSshEd25519), EncryptedKeys.Passphrase, out string comment, Cancel);
        Assert.Equal("enc@wharf", comment);
    }

    [Fact]
    public void Argon2_is_asked_of_libcrypto_and_its_absence_says_how_to_convert()
    {
        byte[] file = Encoding.UTF8.GetBytes(EncryptedKeys.Putty3);
        Span<byte> probe = stackalloc byte[32];
        if (new Argon2("ARGON2ID", 64, 1, 1).TryDerive("x"u8, "12345678"u8, probe))
        {
            using var key = PrivateKeyFile.Read(file, EncryptedKeys.Passphrase, out _, Cancel);
            Assert.Equal(EncryptedKeys.All[^1].Fingerprint, key.Public.Fingerprint);
            return;
        }

        var refused = Assert.Throws<KeyFormatException>(() => PrivateKeyFile.Read(file, EncryptedKeys.Passphrase, out _, Cancel));
        Assert.Contains("puttygen", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsForPassphrase);
    }

    [Theory]
    [InlineData("Argon2-Memory: 64", "Argon2-Memory: 4000000000")]
    [InlineData("Argon2-Passes: 1", "Argon2-Passes: 4000000000")]
    [InlineData("Argon2-Passes: 1", "Argon2-Passes: -1")]
    public void T22_work_beyond_reason_is_refused_before_it_is_done(string has, string gets)
    {
        byte[] file = Encoding.UTF8.GetBytes(EncryptedKeys.Putty3.Replace(has, gets, StringComparison.Ordinal));
        Assert.Contains("is no number", Assert.Throws<KeyFormatException>(() => PrivateKeyFile.Read(file, "x", out _, Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T22_a_file_cut_anywhere_or_with_a_wrong_byte_is_refused_and_nothing_else()
    {
        foreach (string text in new[] { EncryptedKeys.OpenSshEcdsa256, EncryptedKeys.Putty2, EncryptedKeys.Putty3Plain, EncryptedKeys.TraditionalEc })
        {
            byte[] file = Encoding.UTF8.GetBytes(text);
            for (int length = 0; length < file.Length - 40; length += 7)
            {
                Assert.Throws<KeyFormatException>(() => PrivateKeyFile.Read(file.AsSpan(0, length), null, out _, Cancel));
            }
        }

        byte[] changed = Encoding.UTF8.GetBytes(EncryptedKeys.Putty3Plain.Replace("Comment: p", "Comment: q", StringComparison.Ordinal));
        Assert.Contains("MAC", Assert.Throws<KeyFormatException>(() => PrivateKeyFile.Read(changed, null, out _, Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digits_of_pi_are_those_that_Blowfish_begins_with()
    {
        // The first of the P-array, and the last of the S-boxes, of Schneier's paper.
        uint[] words = PiDigits.Words(18 + 1024);
        Assert.Equal([0x243F6A88u, 0x85A308D3u], words[..2]);
        Assert.Equal(0x3AC372E6u, words[^1]);
    }
}
