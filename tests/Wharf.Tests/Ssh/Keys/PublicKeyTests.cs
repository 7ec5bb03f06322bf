using System.Security.Cryptography;
using System.Text;
using Wharf.Accounts;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Keys;

public sealed class PublicKeyTests
{
    private static readonly byte[] Data = Encoding.ASCII.GetBytes("what is signed");

    [Theory]
    [InlineData("ssh-ed25519", "ssh-ed25519")]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384")]
    [InlineData("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521")]
    [InlineData("ssh-rsa", "rsa-sha2-512 rsa-sha2-256")]
    public void What_a_key_signs_its_public_half_accepts_and_nothing_else(string type, string algorithms)
    {
        using var pair = SigningKey.Generate(type);
        using var half = Parse(pair.Public);
        Assert.Equal(algorithms.Split(' '), half.SignatureAlgorithms);
        Assert.Equal(algorithms.Split(' '), pair.SignatureAlgorithms);
        foreach (string algorithm in pair.SignatureAlgorithms)
        {
            byte[] signature = pair.Sign(algorithm, Data);
            Assert.Equal(new SignatureCheck(true, true, false), half.Verify(algorithm, Data, signature));
            Assert.Equal(SignatureCheck.Wrong, half.Verify(algorithm, "something else"u8, signature));
            signature[^1] ^= 1;
            Assert.Equal(SignatureCheck.Wrong, half.Verify(algorithm, Data, signature));
        }
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("ecdsa-sha2-nistp256")]
    public void Another_keys_signature_is_wrong(string type)
    {
        using var mine = SigningKey.Generate(type);
        using var other = SigningKey.Generate(type);
        using var half = Parse(mine.Public);
        Assert.False(half.Verify(type, Data, other.Sign(type, Data)).IsValid);
    }

    [Fact]
    public void Many_threads_sign_and_check_with_one_key_at_once()
    {
        foreach (string type in new[] { "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa" })
        {
            using var pair = SigningKey.Generate(type);
            using var half = Parse(pair.Public);
            string algorithm = pair.SignatureAlgorithms[0];
            int right = 0;
            Parallel.For(0, 64, _ =>
            {
                if (half.Verify(algorithm, Data, pair.Sign(algorithm, Data)).IsValid)
                {
                    Interlocked.Increment(ref right);
                }
            });
            Assert.Equal(64, right);
        }
    }

    /// <summary>RFC 8032 section 7.1, test 2, in the form of RFC 8709.</summary>
    [Fact]
    public void Ed25519_signatures_are_these_bytes()
    {
        using var pair = new Ed25519SigningKey(Convert.FromHexString("4CCD089B28FF96DA9DB6C346EC114E0F5B8A319F35ABA624DA8CF6ED4FB8A6FB"));
        Assert.Equal(
            "0000000B 7373682D65643235353139 00000020 3D4017C3E843895A92B70AA74D1B7EBC9C982CCF2EC4968CC0CD55F12AF4660C".Replace(" ", ""),
            Convert.ToHexString(pair.Public.Bytes.Span));
        Assert.Equal(
            ("0000000B 7373682D65643235353139 00000040 92A009A9F0D4CAB8720E820B5F642540A2B27B5416503F8FB3762223EBDB69DA"
            + "085AC1E43E15996E458F3613D0F11D8C387B2EAEB4302AEEB00D291612BB0C00").Replace(" ", ""),
            Convert.ToHexString(pair.Sign("ssh-ed25519", [0x72])));
    }

    [Theory]
    [InlineData(TestKeys.Ed25519Line, "SHA256:AVEEQ2hP5DJ1i+FSHrdkHyyeMxbNMRL1J8303mPeHAk")]
    [InlineData(TestKeys.EcdsaLine, "SHA256:sO8y1caX0JpRIRNrWGYWFK6hAo89io6oaj3QfbaoOlw")]
    [InlineData(TestKeys.RsaLine, "SHA256:0pmkk0iwYNCc4EfOfOIrdEJKbRSHu8FPAIELPJVrMTk")]
    public void A_public_key_line_reads_and_writes_itself(string line, string fingerprint)
    {
        var read = PublicKeyLine.Parse(line);
        Assert.Equal("golden@wharf", read.Comment);
        Assert.Equal(fingerprint, read.Key.Fingerprint);
        Assert.Equal(line, read.ToString());
        Assert.Equal(read.Key, PublicKeyLine.Parse("  " + line.Replace(" ", " \t ") + " \r\n").Key);
    }

    [Fact]
    public void A_key_of_a_kind_we_do_not_know_is_null()
    {
        Assert.Null(PublicKey.Parse(TestKeys.Blob("ssh-dss", (in w) => w.MpInt([7]))));
        Assert.Null(PublicKey.Parse(TestKeys.Blob("sk-new@example.com", (in w) => w.Raw([]))));
        Assert.Null(PublicKey.Parse(TestKeys.Blob("", (in w) => w.Raw([]))));
    }

    [Fact]
    public void T15_a_key_announced_as_another_type_is_refused()
    {
        var key = PublicKeyLine.Parse(TestKeys.Ed25519Line).Key;
        Assert.Throws<WireException>(() => PublicKey.Parse(new PublicKeyBlob("ssh-rsa", key.Bytes)));
    }

    [Fact]
    public void Bytes_behind_a_key_or_a_signature_are_refused()
    {
        using var pair = SigningKey.Generate("ssh-ed25519");
        Assert.Throws<WireException>(() => PublicKey.Parse(new PublicKeyBlob("ssh-ed25519", (byte[])[.. pair.Public.Bytes.Span, 0])));
        using var half = Parse(pair.Public);
        Assert.Throws<WireException>(
            () => half.Verify("ssh-ed25519", Data, (byte[])[.. pair.Sign("ssh-ed25519", Data), 0]));
    }

    [Fact]
    public void T15_every_signature_that_is_cut_short_is_refused()
    {
        foreach (string type in new[] { "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa" })
        {
            using var pair = SigningKey.Generate(type);
            using var half = Parse(pair.Public);
            string algorithm = pair.SignatureAlgorithms[0];
            byte[] signature = pair.Sign(algorithm, Data);
            for (int length = 0; length < signature.Length; length++)
            {
                Assert.Throws<WireException>(() => half.Verify(algorithm, Data, signature.AsMemory(0, length)));
            }
        }
    }

    [Fact]
    public void T15_the_name_inside_a_signature_agrees_with_the_announced_one()
    {
        using var pair = SigningKey.Generate("ssh-rsa");
        using var half = Parse(pair.Public);
        Assert.False(half.Verify("rsa-sha2-512", Data, pair.Sign("rsa-sha2-256", Data)).IsValid);
        Assert.False(half.Verify("rsa-sha2-256", Data, pair.Sign("rsa-sha2-512", Data)).IsValid);
        Assert.False(half.Verify("ssh-ed25519", Data, pair.Sign("rsa-sha2-512", Data)).IsValid);
    }

    [Fact]
    public void T15_RSA_with_SHA_1_is_refused_even_where_the_signature_is_right()
    {
        using var rsa = RSA.Create(2048);
        using var pair = new RsaSigningKey(rsa);
        using var half = Parse(pair.Public);
        byte[] signature = TestKeys.Bytes((in w) =>
        {
            w.Text("ssh-rsa");
            w.Bytes(rsa.SignData(Data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1));
        });
        Assert.False(half.Verify("ssh-rsa", Data, signature).IsValid);
        Assert.False(half.Verify("rsa-sha2-512", Data, signature).IsValid);
        Assert.Throws<ArgumentException>(() => pair.Sign("ssh-rsa", Data));
    }

    [Fact]
    public void T15_a_curve_other_than_the_types_is_refused()
    {
        using var pair = SigningKey.Generate("ecdsa-sha2-nistp384");
        var fields = pair.Public.Bytes[(4 + "ecdsa-sha2-nistp384".Length)..];
        var lie = TestKeys.Blob("ecdsa-sha2-nistp256", (in w) => w.Raw(fields.Span));
        Assert.Throws<WireException>(() => PublicKey.Parse(lie));
    }

    [Theory]
    [InlineData(0x04, 65, 1)]
    [InlineData(0x02, 33, 0)]
    [InlineData(0x04, 64, 0)]
    [InlineData(0x00, 1, 0)]
    public void T22_points_that_are_no_uncompressed_points_of_the_curve_are_refused(byte form, int length, byte last)
    {
        byte[] point = new byte[length];
        point[0] = form;
        point[^1] |= last;
        var blob = TestKeys.Blob("ecdsa-sha2-nistp256", (in w) =>
        {
            w.Text("nistp256");
            w.Bytes(point);
        });
        Assert.Throws<WireException>(() => PublicKey.Parse(blob));
    }

    [Fact]
    public void ECDSA_numbers_that_are_zero_or_longer_than_the_field_are_no_signature()
    {
        using var pair = SigningKey.Generate("ecdsa-sha2-nistp256");
        using var half = Parse(pair.Public);
        byte[] large = new byte[100];
        large[0] = 1;
        foreach (byte[] number in new[] { [], large })
        {
            byte[] inside = TestKeys.Bytes((in w) =>
            {
                w.MpInt(number);
                w.MpInt(number);
            });
            byte[] signature = TestKeys.Bytes((in w) =>
            {
                w.Text("ecdsa-sha2-nistp256");
                w.Bytes(inside);
            });
            Assert.False(half.Verify("ecdsa-sha2-nistp256", Data, signature).IsValid);
        }
    }

    [Fact]
    public void An_RSA_signature_without_its_leading_zeros_is_taken()
    {
        using var pair = TestKeys.Read(TestKeys.RsaFile);
        using var half = Parse(pair.Public);
        byte[] data = new byte[4];
        while (true)
        {
            byte[] signature = pair.Sign("rsa-sha2-256", data);
            var body = signature.AsSpan(4 + 12 + 4);
            if (body[0] == 0)
            {
                byte[] shorter = TestKeys.Bytes((in w) =>
                {
                    w.Text("rsa-sha2-256");
                    w.Bytes(signature.AsSpan(4 + 12 + 4 + 1));
                });
                Assert.True(half.Verify("rsa-sha2-256", data, shorter).IsValid);
                return;
            }

            data[0]++;
            data[1] += data[0] == 0 ? (byte)1 : (byte)0;
        }
    }

    private static PublicKey Parse(PublicKeyBlob blob) => PublicKey.Parse(blob) ?? throw new InvalidOperationException("A kind we do not know.");
}
