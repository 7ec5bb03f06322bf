using System.Text;
using Wharf.Ssh;

namespace Wharf.Tests.Ssh;

/// <summary>Known answers of RFC 7748 and RFC 8032, and what is refused.</summary>
public sealed class LibCryptoKeysTests
{
    [Theory] // RFC 7748 section 5.2: scalar, u coordinate, result.
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void X25519_multiplies_as_in_RFC_7748_section_5_2(string scalar, string u, string expected)
    {
        byte[] secret = new byte[32];
        Assert.True(LibCrypto.X25519Derive(Convert.FromHexString(scalar), Convert.FromHexString(u), secret));
        Assert.Equal(expected, Convert.ToHexStringLower(secret));
    }

    [Theory] // RFC 7748 section 6.1: Alice and Bob.
    [InlineData(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")]
    [InlineData(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")]
    public void X25519_agrees_as_in_RFC_7748_section_6_1(string own, string ownValue, string peerValue)
    {
        byte[] value = new byte[32];
        LibCrypto.X25519Public(Convert.FromHexString(own), value);
        Assert.Equal(ownValue, Convert.ToHexStringLower(value));

        byte[] secret = new byte[32];
        Assert.True(LibCrypto.X25519Derive(Convert.FromHexString(own), Convert.FromHexString(peerValue), secret));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(secret));
    }

    [Theory] // The points of low order that RFC 7748 section 6.1 warns of: 0, 1, two of order 8, p-1, p, p+1.
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void A_value_of_low_order_is_refused(string value)
    {
        byte[] own = new byte[32];
        own.AsSpan().Fill(0x5A);
        Assert.False(LibCrypto.X25519Derive(own, Convert.FromHexString(value), new byte[32]));
    }

    [Theory] // RFC 8032 section 7.1, tests 1 and 2: seed, public key, message, signature.
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Ed25519_signs_as_in_RFC_8032_section_7_1(string seed, string publicKey, string message, string signature)
    {
        byte[] key = new byte[32];
        LibCrypto.Ed25519Public(Convert.FromHexString(seed), key);
        Assert.Equal(publicKey, Convert.ToHexStringLower(key));

        byte[] data = Convert.FromHexString(message);
        byte[] signed = new byte[64];
        LibCrypto.Ed25519Sign(Convert.FromHexString(seed), data, signed);
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
        Assert.True(LibCrypto.Ed25519Verify(key, data, signed));
    }

    [Fact]
    public void A_changed_message_signature_or_key_is_not_verified()
    {
        byte[] seed = new byte[32];
        byte[] key = new byte[32];
        byte[] signature = new byte[64];
        byte[] data = Encoding.ASCII.GetBytes("what was signed");
        LibCrypto.Ed25519Public(seed, key);
        LibCrypto.Ed25519Sign(seed, data, signature);

        Assert.False(LibCrypto.Ed25519Verify(key, data.AsSpan(1), signature));
        Assert.False(LibCrypto.Ed25519Verify(key, data, signature.AsSpan(1)));
        for (int i = 0; i < signature.Length; i++)
        {
            signature[i] ^= 1;
            Assert.False(LibCrypto.Ed25519Verify(key, data, signature));
            signature[i] ^= 1;
        }

        key[5] ^= 1;
        Assert.False(LibCrypto.Ed25519Verify(key, data, signature));
    }

    [Fact]
    public void PowerMod_fills_the_result_with_leading_zeros()
    {
        byte[] result = new byte[4];
        // 5^3 mod 0xFFFFFFFB
        LibCrypto.PowerMod([5], [3], [0xFF, 0xFF, 0xFF, 0xFB], result);
        Assert.Equal([0, 0, 0, 125], result);
    }
}
