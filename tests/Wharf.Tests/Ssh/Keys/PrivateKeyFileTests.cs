using System.Security.Cryptography;
using System.Text;
using Wharf.Ssh;
using Wharf.Ssh.Keys;

namespace Wharf.Tests.Ssh.Keys;

public sealed class PrivateKeyFileTests
{
    [Theory]
    [InlineData(TestKeys.Ed25519File)]
    [InlineData(TestKeys.EcdsaFile)]
    [InlineData(TestKeys.Ecdsa384File)]
    [InlineData(TestKeys.Ecdsa521File)]
    [InlineData(TestKeys.RsaFile)]
    public void A_file_of_ssh_keygen_is_read_and_written_byte_for_byte(string file)
    {
        using var key = PrivateKeyFile.Read(Encoding.ASCII.GetBytes(file), out string comment);
        Assert.Equal("golden@wharf", comment);
        byte[] body = Convert.FromBase64String(string.Concat(file.Split('\n')[1..^2]));
        var check = new Fixed(CheckNumber(body));
        Assert.Equal(file, Encoding.ASCII.GetString(PrivateKeyFile.Write(key, comment, check)));
    }

    [Theory]
    [InlineData(TestKeys.Ed25519File, TestKeys.Ed25519Line)]
    [InlineData(TestKeys.EcdsaFile, TestKeys.EcdsaLine)]
    [InlineData(TestKeys.RsaFile, TestKeys.RsaLine)]
    public void The_public_half_of_a_file_is_the_one_beside_it(string file, string line)
    {
        using var key = TestKeys.Read(file);
        Assert.Equal(PublicKeyLine.Parse(line).Key, key.Public);
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("ecdsa-sha2-nistp256")]
    [InlineData("ssh-rsa")]
    public void A_new_key_comes_back_from_its_file(string type)
    {
        using var key = SigningKey.Generate(type);
        using var again = PrivateKeyFile.Read(PrivateKeyFile.Write(key, "täst"), out string comment);
        Assert.Equal("täst", comment);
        Assert.Equal(key.Public, again.Public);
    }

    [Fact]
    public void A_line_may_end_in_CR_LF_and_text_may_stand_around_the_key()
    {
        using var key = TestKeys.Read("Here it is:\r\n" + TestKeys.Ed25519File.Replace("\n", "\r\n") + "that was all\r\n");
        Assert.Equal("ssh-ed25519", key.Public.Type);
    }

    [Fact]
    public void An_encrypted_key_is_refused_with_what_to_do()
    {
        var refused = Assert.Throws<KeyFormatException>(() => TestKeys.Read(TestKeys.EncryptedFile));
        Assert.Contains("ssh-keygen -p", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("rounds", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<KeyFormatException>(
            () => TestKeys.Read("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"));
        Assert.Contains("ssh-keygen -p", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T22_an_encrypted_key_with_billions_of_rounds_costs_nothing()
    {
        byte[] body = Convert.FromBase64String(string.Concat(TestKeys.EncryptedFile.Split('\n')[1..^2]));
        int at = body.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 16, 0, 0, 0, 1]);
        body.AsSpan(at, 4).Fill(0xFF);
        var refused = Assert.Throws<KeyFormatException>(() => TestKeys.Read(Armored("OPENSSH PRIVATE KEY", body)));
        Assert.Contains("4294967295 rounds", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T22_a_short_RSA_key_and_a_long_file_are_refused()
    {
        Assert.Throws<KeyFormatException>(() => TestKeys.Read(TestKeys.SmallRsaFile));
        Assert.Throws<KeyFormatException>(() => TestKeys.Read(TestKeys.Ed25519File + new string('\n', KeyLimits.MostFileBytes)));
    }

    [Fact]
    public void No_file_that_is_damaged_anywhere_gives_another_key()
    {
        byte[] body = Convert.FromBase64String(string.Concat(TestKeys.Ed25519File.Split('\n')[1..^2]));
        for (int at = 0; at < body.Length; at++)
        {
            byte[] damaged = [.. body];
            damaged[at] ^= 0x01;
            try
            {
                using var key = PrivateKeyFile.Read(Encoding.ASCII.GetBytes(Armored("OPENSSH PRIVATE KEY", damaged)), out string comment);

                // Only the comment may have changed.
                Assert.Equal(PublicKeyLine.Parse(TestKeys.Ed25519Line).Key, key.Public);
                Assert.NotEqual("golden@wharf", comment);
            }
            catch (KeyFormatException)
            {
                // As it should be.
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData(TestKeys.Ed25519Line)]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void What_is_no_private_key_is_refused(string file) => Assert.Throws<KeyFormatException>(() => TestKeys.Read(file));

    [Fact]
    public void PEM_of_openssl_is_read()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string[] files =
        [
            rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(), ecdsa.ExportPkcs8PrivateKeyPem(), ecdsa.ExportECPrivateKeyPem(),

            // RFC 8410 section 10.3.
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
        ];
        Assert.Equal(["ssh-rsa", "ssh-rsa", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "ssh-ed25519"], files.Select(file =>
        {
            using var key = TestKeys.Read(file);
            return key.Public.Type;
        }));
        string encrypted = rsa.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        Assert.Contains("ssh-keygen -p", Assert.Throws<KeyFormatException>(() => TestKeys.Read(encrypted)).Message, StringComparison.Ordinal);
    }

    private static string Armored(string label, byte[] body) =>
        $"-----BEGIN {label}-----\n{Convert.ToBase64String(body)}\n-----END {label}-----\n";

    /// <summary>The first check number of an unencrypted file: the private part is the last string, and begins with it.</summary>
    private static byte[] CheckNumber(byte[] body)
    {
        int at = "openssh-key-v1\0".Length + 4 + 4 + 4 + 4 + 4 + 4;
        int length = (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at));
        at += 4 + length + 4;
        return body[at..(at + 4)];
    }

    private sealed class Fixed(byte[] bytes) : Randomness
    {
        public override void Fill(Span<byte> into) => bytes.CopyTo(into);
    }
}
