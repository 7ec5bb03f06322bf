using System.Text;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Macs;

namespace Wharf.Tests.Ssh.Ciphers;

/// <summary>The primitives, and what they are compared with, against what their specifications publish.</summary>
public sealed class CipherVectorTests
{
    private const string Blocks =
        "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710";

    private const string Sunscreen =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";

    private const string SunscreenSealed =
        "6E2E359A2568F98041BA0728DD0D6981E97E7AEC1D4360C20A27AFCCFD9FAE0BF91B65C5524733AB8F593DABCD62B3571639D624E65152AB8F530C359F0861D8"
        + "07CA0DBF500D6A6156A38E088A22B65E52BC514D16CCF806818CE91AB77937365AF90BBF74A35BE6B40B8EEDF2785E42874D";

    private const string GcmClear =
        "D9313225F88406E5A55909C5AFF5269A86A7A9531534F7DA2E4C303D8A318A721C3C0C95956809532FCF0E2449A6B525B16AEDF5AA0DE657BA637B39";

    private static readonly byte[] Ramp = Protection.Ramp(32, 0);

    [Theory] // NIST SP 800-38A, F.5.1, F.5.3 and F.5.5
    [InlineData("AES-128-CTR", "2B7E151628AED2A6ABF7158809CF4F3C",
        "874D6191B620E3261BEF6864990DB6CE9806F66B7970FDFF8617187BB9FFFDFF5AE4DF3EDBD5D35E5B4F09020DB03EAB1E031DDA2FBE03D1792170A0F3009CEE")]
    [InlineData("AES-192-CTR", "8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B",
        "1ABC932417521CA24F2B0459FE7E6E0B090339EC0AA6FAEFD5CCC2C6F4CE8E941E36B26BD1EBC670D1BD1D665620ABF74F78A7F6D29809585A97DAEC58C6B050")]
    [InlineData("AES-256-CTR", "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4",
        "601EC313775789A5B7A7F504BBF3D228F443E3CA4D62B59ACA84E990CACAF5C52B0930DAA23DE94CE87017BA2D84988DDFC9C58DB67AADA613C2DD08457941A6")]
    public void Aes_in_counter_mode(string name, string key, string expected)
    {
        using var context = CipherContext.Create(name, Hex(key), Protection.Ramp(16, 0xF0), encrypts: true);
        byte[] bytes = Hex(Blocks);
        context.Transform(bytes.AsSpan(0, 5)); // cut anywhere
        context.Transform(bytes.AsSpan(5));
        Assert.Equal(expected, Convert.ToHexString(bytes));
    }

    [Theory] // McGrew and Viega, The Galois/Counter Mode of Operation, test cases 4 and 16
    [InlineData("AES-128-GCM", "FEFFE9928665731C6D6A8F9467308308", "5BC94FBC3221A5DB94FAE95AE7121A47",
        "42831EC2217774244B7221B784D0D49CE3AA212F2C02A4E035C17E2329ACA12E21D514B25466931C7D8F6A5AAC84AA051BA30B396A0AAC973D58E091")]
    [InlineData("AES-256-GCM", "FEFFE9928665731C6D6A8F9467308308FEFFE9928665731C6D6A8F9467308308", "76FC6ECE0F4E1768CDDF8853BB2D551B",
        "522DC1F099567D07F47F37A32A84427D643A8CDCBFE5C0C97598A2BD2555D1AA8CB08E48590DBB3DA7B08B1056828838C5F61E6393BA7A0ABCC9F662")]
    public void Aes_in_Galois_counter_mode(string name, string key, string tag, string expected)
    {
        byte[] iv = Hex("CAFEBABEFACEDBADDECAF888"), apart = Hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        byte[] bytes = Hex(GcmClear), made = new byte[16];
        using var sealing = CipherContext.Create(name, Hex(key), default, encrypts: true);
        sealing.Seal(iv, apart, bytes, made);
        Assert.Equal(expected, Convert.ToHexString(bytes));
        Assert.Equal(tag, Convert.ToHexString(made));

        using var opening = CipherContext.Create(name, Hex(key), default, encrypts: false);
        Assert.True(opening.TryOpen(iv, apart, bytes, made));
        Assert.Equal(GcmClear, Convert.ToHexString(bytes));
    }

    [Fact] // RFC 8439 section 2.4.2
    public void ChaCha20()
    {
        byte[] iv = Hex("01000000000000000000004A00000000"), bytes = Encoding.ASCII.GetBytes(Sunscreen);
        Assert.Equal(SunscreenSealed, Convert.ToHexString(ReferenceChaCha20.Encrypt(Ramp, iv, bytes)));
        using var context = CipherContext.Create("ChaCha20", Ramp, default, encrypts: true);
        context.Transform(iv, bytes);
        Assert.Equal(SunscreenSealed, Convert.ToHexString(bytes));
    }

    [Fact] // RFC 8439 section 2.3.2
    public void A_block_of_ChaCha20() =>
        Assert.Equal(
            "10F1E7E4D13B5915500FDD1FA32071C4C7D1F4C733C068030422AA9AC3D46C4ED2826446079FAA0914C2D705D98B02A2B5129CD1DE164EB9CBD083E8A2503C4E",
            Convert.ToHexString(ReferenceChaCha20.Encrypt(Ramp, Hex("01000000000000090000004A00000000"), new byte[64])));

    [Fact] // RFC 8439 section 2.5.2
    public void Poly1305()
    {
        byte[] key = Hex("85D6BE7857556D337F4452FE42D506A80103808AFB0DB2FD4ABFF6AF4149F51B"), tag = new byte[16];
        byte[] message = "Cryptographic Forum Research Group"u8.ToArray();
        Assert.Equal("A8061DC1305136C6C22B8BAF0C0127A9", Convert.ToHexString(ReferenceChaCha20.Poly1305(key, message)));
        using var context = MacContext.Poly1305();
        context.Compute(key, message, tag);
        Assert.Equal("A8061DC1305136C6C22B8BAF0C0127A9", Convert.ToHexString(tag));
    }

    [Theory] // RFC 4231 sections 4.2 and 4.3; the message's first four bytes stand where the sequence number goes
    [InlineData("SHA256", "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", 0x48692054, "here",
        "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7")]
    [InlineData("SHA512", "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", 0x48692054, "here",
        "87AA7CDEA5EF619D4FF0B4241A1D6CB02379F4E2CE4EC2787AD0B30545E17CDEDAA833B7D6B8A702038B274EAEA3F4E4BE9D914EEB61F1702E696C203A126854")]
    [InlineData("SHA256", "4A656665", 0x77686174, " do ya want for nothing?",
        "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843")]
    [InlineData("SHA512", "4A656665", 0x77686174, " do ya want for nothing?",
        "164B7A7BFCF819E2E395FBE73B56E0A387BD64222E831FD610270CD7EA2505549758BF75C05A994A6D034F65F8F0E6FDCAEAB1A34D4A6B4B636E070A38BCE737")]
    public void Hmac_with_SHA_2(string digest, string key, uint sequence, string rest, string expected)
    {
        using var context = MacContext.Hmac(digest, Hex(key));
        byte[] tag = new byte[expected.Length / 2];
        for (int turn = 0; turn < 2; turn++)
        {
            context.Compute(sequence, Encoding.ASCII.GetBytes(rest), tag);
            Assert.Equal(expected, Convert.ToHexString(tag));
        }
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
