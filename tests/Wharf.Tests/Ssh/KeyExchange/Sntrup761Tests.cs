using Wharf.Ssh.KeyExchange.Sntrup;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.KeyExchange;

/// <summary>
/// sntrup761's parts against plain arithmetic, and the whole against itself. No published answers were at hand; that it is the
/// real one, OpenSSH proves in the interop tests.
/// </summary>
public sealed class Sntrup761Tests
{
    private readonly Sntrup761 _kem = new();

    [Fact]
    public void Keys_and_ciphertexts_are_as_long_as_they_should_be()
    {
        Assert.Equal(1158, _kem.PublicKeyBytes);
        Assert.Equal(1039, _kem.CiphertextBytes);
    }

    [Fact]
    public void Secrets_come_out_as_they_went_in()
    {
        for (int i = 0; i < 10; i++)
        {
            using var key = _kem.Generate(new SeededRandomness(i));
            byte[] ciphertext = new byte[_kem.CiphertextBytes];
            byte[] sent = new byte[32];
            byte[] received = new byte[32];
            _kem.Encapsulate(key.Public, new SeededRandomness(100 + i), ciphertext, sent);
            key.Decapsulate(ciphertext, received);
            Assert.Equal(sent, received);
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
        var seen = new HashSet<string> { Convert.ToHexString(sent) };
        for (int i = 0; i < ciphertext.Length; i += 41)
        {
            ciphertext[i] ^= 1;
            key.Decapsulate(ciphertext, received);
            Assert.True(seen.Add(Convert.ToHexString(received)));
            ciphertext[i] ^= 1;
        }

        // Whatever the bytes are, decoding makes numbers within their bounds of them.
        ciphertext.AsSpan().Fill(0xFF);
        key.Decapsulate(ciphertext, received);
        Assert.True(seen.Add(Convert.ToHexString(received)));
        key.Decapsulate(new byte[_kem.CiphertextBytes], received);
        Assert.True(seen.Add(Convert.ToHexString(received)));
    }

    [Fact]
    public void A_key_of_another_length_is_refused() =>
        Assert.Throws<WireException>(() => _kem.Encapsulate(new byte[1157], new SeededRandomness(1), new byte[1039], new byte[32]));

    [Fact]
    public void A_product_is_what_the_school_says()
    {
        int[] f = Random(1, 4591);
        int[] g = Random(2, 3);
        long[] full = new long[(2 * SntrupRing.P) - 1];
        for (int i = 0; i < SntrupRing.P; i++)
        {
            for (int j = 0; j < SntrupRing.P; j++)
            {
                full[i + j] += (long)f[i] * g[j];
            }
        }

        for (int i = full.Length - 1; i >= SntrupRing.P; i--)
        {
            full[i - SntrupRing.P] += full[i];
            full[i - SntrupRing.P + 1] += full[i];
        }

        int[] product = new int[SntrupRing.Room];
        SntrupRing.Multiply(f, g, product);
        Assert.Equal(full.Take(SntrupRing.P), product.Take(SntrupRing.P).Select(x => (long)x));
    }

    [Fact]
    public void An_inverse_times_three_times_the_polynomial_is_one()
    {
        int[] small = new int[SntrupRing.Room];
        int[] inverse = new int[SntrupRing.Room];
        int[] product = new int[SntrupRing.Room];
        SntrupSampling.Short(new SeededRandomness(1), small);
        Assert.Equal(SntrupSampling.Weight, small.Count(x => x != 0));
        SntrupRing.InverseOfTriple(small, inverse);
        Assert.All(inverse, x => Assert.InRange(x, -2295, 2295));
        SntrupRing.Multiply(inverse, small, product);
        Assert.Equal(One, product.Select(x => SntrupRing.ModQ(3 * SntrupRing.ModQ(x))));
    }

    [Fact]
    public void An_inverse_modulo_three_is_one_where_it_is_found()
    {
        int found = 0;
        for (int seed = 0; seed < 8; seed++)
        {
            int[] small = new int[SntrupRing.Room];
            int[] inverse = new int[SntrupRing.Room];
            int[] product = new int[SntrupRing.Room];
            SntrupSampling.Small(new SeededRandomness(seed), small);
            if (SntrupRing.InverseMod3(small, inverse))
            {
                found++;
                SntrupRing.Multiply(inverse, small, product);
                Assert.Equal(One, product.Select(SntrupRing.Mod3));
            }
        }

        Assert.InRange(found, 4, 8);
        Assert.False(SntrupRing.InverseMod3(new int[SntrupRing.Room], new int[SntrupRing.Room]));
    }

    [Fact]
    public void Remainders_are_the_nearest()
    {
        for (int x = -(1 << 27) + 1; x < 1 << 27; x += 4093)
        {
            Check(x);
        }

        for (int x = -20_000; x < 20_000; x++)
        {
            Check(x);
        }

        static void Check(int x)
        {
            int q = SntrupRing.ModQ(x);
            Assert.True(q is >= -2295 and <= 2295 && (x - q) % 4591 == 0);
            int three = SntrupRing.Mod3(x);
            Assert.True(three is >= -1 and <= 1 && (x - three) % 3 == 0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(761)]
    [InlineData(1024)]
    public void The_sorting_network_sorts(int count)
    {
        var random = new Random(count);
        for (int round = 0; round < 20; round++)
        {
            uint[] words = [.. Enumerable.Range(0, count).Select(_ => (uint)random.NextInt64(round < 10 ? 1L << 32 : 3))];
            uint[] expected = [.. words.Order()];
            SntrupSampling.Sort(words);
            Assert.Equal(expected, words);
        }
    }

    [Theory]
    [InlineData(761, 4591, 1158)]
    [InlineData(761, 1531, 1007)]
    public void Encoded_numbers_are_decoded(int count, int bound, int bytes)
    {
        var encoding = new SntrupEncoding(count, bound);
        Assert.Equal(bytes, encoding.Bytes);
        var random = new Random(1);
        foreach (int[] numbers in (int[][])
            [
                [.. Enumerable.Range(0, count).Select(_ => random.Next(bound))],
                [.. Enumerable.Repeat(bound - 1, count)],
                new int[count],
            ])
        {
            byte[] encoded = new byte[bytes];
            int[] decoded = new int[count];
            encoding.Write([.. numbers], encoded);
            encoding.Read(encoded, decoded);
            Assert.Equal(numbers, decoded);
        }
    }

    private static IEnumerable<int> One => Enumerable.Range(0, SntrupRing.Room).Select(i => i == 0 ? 1 : 0);

    private static int[] Random(int seed, int modulus)
    {
        var random = new Random(seed);
        int[] polynomial = new int[SntrupRing.Room];
        for (int i = 0; i < SntrupRing.P; i++)
        {
            polynomial[i] = random.Next(modulus) - (modulus / 2);
        }

        return polynomial;
    }
}
