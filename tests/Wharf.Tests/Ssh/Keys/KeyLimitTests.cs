using Wharf.Accounts;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Keys;

/// <summary>Security case T22: keys that would cost more to check than a stranger is worth.</summary>
public sealed class KeyLimitTests
{
    [Theory]
    [InlineData(16384)]
    [InlineData(8193)]
    [InlineData(2047)]
    [InlineData(1024)]
    [InlineData(0)]
    public void T22_RSA_outside_of_2048_to_8192_bits_is_refused(int bits) =>
        Assert.Throws<WireException>(() => PublicKey.Parse(Rsa([1, 0, 1], Modulus(bits))));

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    public void RSA_inside_of_the_limits_is_read(int bits)
    {
        using var key = PublicKey.Parse(Rsa([1, 0, 1], Modulus(bits)));
        Assert.NotNull(key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("02")]
    [InlineData("010000")]
    [InlineData("01000000000000000001")]
    public void T22_RSA_exponents_that_are_even_or_less_than_3_or_very_long_are_refused(string exponent) =>
        Assert.Throws<WireException>(() => PublicKey.Parse(Rsa(Convert.FromHexString(exponent), Modulus(2048))));

    [Fact]
    public void T22_an_even_RSA_modulus_is_refused()
    {
        byte[] modulus = Modulus(2048);
        modulus[^1] &= 0xFE;
        Assert.Throws<WireException>(() => PublicKey.Parse(Rsa([1, 0, 1], modulus)));
    }

    [Fact]
    public void T22_a_negative_RSA_modulus_is_refused() =>
        Assert.Throws<WireException>(() => PublicKey.Parse(TestKeys.Blob("ssh-rsa", (in w) =>
        {
            w.MpInt([1, 0, 1]);
            w.Bytes([0x80, .. new byte[255]]);
        })));

    [Fact]
    public void T22_DSA_is_not_known_however_giant_its_q() =>
        Assert.Null(PublicKey.Parse(TestKeys.Blob("ssh-dss", (in w) =>
        {
            w.MpInt(Modulus(1024));
            w.MpInt(Modulus(8000));
            w.MpInt([2]);
            w.MpInt([3]);
        })));

    [Fact]
    public void T22_a_blob_beyond_the_limit_is_refused_before_it_is_read() =>
        Assert.Throws<WireException>(() => PublicKey.Parse(new PublicKeyBlob("anything", new byte[KeyLimits.MostBlobBytes + 1])));

    [Theory]
    [InlineData("ssh-ed25519", 31)]
    [InlineData("ssh-ed25519", 33)]
    [InlineData("ssh-ed25519", 0)]
    [InlineData("sk-ssh-ed25519@openssh.com", 31)]
    public void T17_Ed25519_keys_have_32_bytes(string type, int length) =>
        Assert.Throws<WireException>(() => PublicKey.Parse(TestKeys.Blob(type, (in w) =>
        {
            w.Bytes(new byte[length]);
            w.Text("ssh:");
        })));

    private static byte[] Modulus(int bits)
    {
        byte[] modulus = new byte[(bits + 7) / 8];
        if (modulus.Length > 0)
        {
            modulus.AsSpan().Fill(0xFF);
            modulus[0] = (byte)(0xFF >> ((8 - (bits % 8)) % 8));
        }

        return modulus;
    }

    private static PublicKeyBlob Rsa(byte[] exponent, byte[] modulus) =>
        TestKeys.Blob("ssh-rsa", (in w) =>
        {
            w.MpInt(exponent);
            w.MpInt(modulus);
        });
}
