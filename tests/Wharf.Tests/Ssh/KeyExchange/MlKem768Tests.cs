using System.Security.Cryptography;
using Wharf.Ssh;
using Wharf.Ssh.KeyExchange.MlKem;
using Wharf.Tests.House;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.KeyExchange;

/// <summary>
/// ML-KEM-768 against published answers (Vectors/mlkem768.txt says whose). What they do not prove is that time tells nothing
/// of secrets; that is by the look of the code.
/// </summary>
public sealed class MlKem768Tests
{
    private static readonly Dictionary<string, string> Vectors =
        Repository.Read("tests/Wharf.Tests/Ssh/KeyExchange/Vectors/mlkem768.txt").Split('\n')
            .Where(line => line.Contains(" = "))
            .ToDictionary(line => line[..line.IndexOf(' ')], line => line[(line.IndexOf('=') + 2)..]);

    private readonly MlKem768 _kem = new();

    [Fact]
    public void A_key_pair_from_the_published_seed_rejects_the_published_ciphertext_with_the_published_secret()
    {
        using var key = _kem.Generate(new TheseBytes(Convert.FromHexString(Vectors["seed"])));
        Assert.Equal(Vectors["ek"], Convert.ToHexStringLower(key.Public));

        byte[] secret = new byte[32];
        key.Decapsulate(Convert.FromHexString(Vectors["c"]), secret);
        Assert.Equal(Vectors["K"], Convert.ToHexStringLower(secret));
    }

    [Fact]
    public void A_hundred_keys_ciphertexts_secrets_and_rejections_accumulate_to_the_published_hash() =>
        Assert.Equal(Vectors["100"], Accumulated(100));

    [Fact(Explicit = true)] // Five seconds and more.
    public void Ten_thousand_keys_ciphertexts_secrets_and_rejections_accumulate_to_the_published_hash() =>
        Assert.Equal(Vectors["10000"], Accumulated(10_000));

    [Fact] // FIPS 203 section 7.2, as C2SP/CCTV's ML-KEM/modulus does it.
    public void A_key_with_a_coefficient_at_or_above_the_modulus_is_refused_wherever_it_is()
    {
        using var key = _kem.Generate(new SeededRandomness(1));
        for (int i = 0; i < 768; i++)
        {
            byte[] altered = key.Public.ToArray();
            int value = i % 2 == 0 ? 3329 : 4095 - (i / 2);
            int at = i / 2 * 3;
            if (i % 2 == 0)
            {
                altered[at] = (byte)value;
                altered[at + 1] = (byte)((altered[at + 1] & 0xF0) | (value >> 8));
            }
            else
            {
                altered[at + 1] = (byte)((altered[at + 1] & 0x0F) | (value << 4));
                altered[at + 2] = (byte)(value >> 4);
            }

            Assert.Throws<WireException>(() => _kem.Encapsulate(altered, new SeededRandomness(2), new byte[1088], new byte[32]));
        }
    }

    [Fact]
    public void A_changed_ciphertext_gives_a_secret_of_its_own()
    {
        using var key = _kem.Generate(new SeededRandomness(1));
        byte[] ciphertext = new byte[_kem.CiphertextBytes];
        byte[] sent = new byte[32];
        byte[] received = new byte[32];
        _kem.Encapsulate(key.Public, new SeededRandomness(2), ciphertext, sent);
        key.Decapsulate(ciphertext, received);
        Assert.Equal(sent, received);

        var seen = new HashSet<string> { Convert.ToHexString(sent) };
        for (int i = 0; i < ciphertext.Length; i += 7)
        {
            ciphertext[i] ^= 1;
            key.Decapsulate(ciphertext, received);
            Assert.True(seen.Add(Convert.ToHexString(received)));
            ciphertext[i] ^= 1;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(11)]
    public void Compression_rounds_every_coefficient_as_division_would(int bits)
    {
        for (int from = 0; from < MlKemRing.Q; from += MlKemRing.N)
        {
            ushort[] coefficients = [.. Enumerable.Range(from, MlKemRing.N).Select(x => (ushort)(x % MlKemRing.Q))];
            byte[] bytes = new byte[MlKemRing.N * bits / 8];
            ushort[] back = new ushort[MlKemRing.N];
            MlKemEncoding.Compress(coefficients, bits, bytes);
            MlKemEncoding.Decompress(bytes, bits, back);
            for (int i = 0; i < MlKemRing.N; i++)
            {
                int compressed = ((coefficients[i] << bits) + (MlKemRing.Q / 2)) / MlKemRing.Q % (1 << bits);
                Assert.Equal(((compressed * MlKemRing.Q) + (1 << (bits - 1))) >> bits, back[i]);
            }
        }
    }

    [Fact]
    public void Reduction_is_the_remainder()
    {
        for (uint x = 0; x < 1 << 28; x += 1009)
        {
            Assert.Equal(x % MlKemRing.Q, MlKemRing.Reduce(x));
        }

        Assert.Equal(((1u << 28) - 1) % MlKemRing.Q, MlKemRing.Reduce((1u << 28) - 1));
    }

    [Fact]
    public void The_platform_agrees_with_ours()
    {
        Assert.SkipUnless(MLKem.IsSupported, "This platform's OpenSSL has no ML-KEM (3.5 has).");
        var platform = new PlatformMlKem768();
        using var theirs = platform.Generate(new SeededRandomness(1));
        using var ours = _kem.Generate(new SeededRandomness(1));
        Assert.True(ours.Public.SequenceEqual(theirs.Public));

        byte[] ciphertext = new byte[1088];
        byte[] sent = new byte[32];
        byte[] received = new byte[32];
        platform.Encapsulate(ours.Public, Randomness.System, ciphertext, sent);
        ours.Decapsulate(ciphertext, received);
        Assert.Equal(sent, received);
        theirs.Decapsulate(ciphertext, received);
        Assert.Equal(sent, received);
    }

    private string Accumulated(int rounds)
    {
        byte[] source = Shake128.HashData([], rounds * (64 + 32 + 1088));
        int position = 0;
        using var sum = new Shake128();
        byte[] ciphertext = new byte[1088];
        byte[] sent = new byte[32];
        byte[] received = new byte[32];
        for (int i = 0; i < rounds; i++)
        {
            using var key = _kem.Generate(new TheseBytes(Next(64)));
            sum.AppendData(key.Public);
            _kem.Encapsulate(key.Public, new TheseBytes(Next(32)), ciphertext, sent);
            sum.AppendData(ciphertext);
            sum.AppendData(sent);
            key.Decapsulate(ciphertext, received);
            Assert.Equal(sent, received);
            key.Decapsulate(Next(1088), received);
            sum.AppendData(received);
        }

        return Convert.ToHexStringLower(sum.GetHashAndReset(32));

        byte[] Next(int count) => source[position..(position += count)];
    }
}
