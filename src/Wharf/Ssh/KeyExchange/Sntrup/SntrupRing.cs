using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wharf.Ssh.KeyExchange.Sntrup;

/// <summary>
/// Arithmetic of NTRU Prime (round 3, section 3) with polynomials modulo x^761 - x - 1, whose coefficients are integers modulo
/// 4591 or 3 around zero. Spans are of <see cref="Room"/> elements, those behind the 761st zero. Nothing here branches on,
/// indexes by or divides by a coefficient, so that time tells nothing of secrets.
/// </summary>
internal static class SntrupRing
{
    /// <summary>The degree p.</summary>
    public const int P = 761;

    /// <summary>The modulus q.</summary>
    public const int Q = 4591;

    /// <summary>The largest coefficient modulo q, as -q/2 is the smallest.</summary>
    public const int HalfQ = (Q - 1) / 2;

    /// <summary>Elements of a polynomial's span: 761, and 762 while inverting, rounded up to whole vectors of any size.</summary>
    public const int Room = 768;

    private const long ReciprocalQ = ((1L << 40) + HalfQ) / Q;
    private const long Reciprocal3 = (1L << 32) / 3;

    // The vectors' own reciprocal: 2^30 / q fits what 32 bits can multiply.
    private const int VectorReciprocal = ((1 << 30) + HalfQ) / Q;

    /// <summary>x modulo q in [-2295, 2295], for |x| below 2^27: x less the nearest multiple, found through the reciprocal.</summary>
    public static int ModQ(int x) => x - ((int)(((x * ReciprocalQ) + (1L << 39)) >> 40) * Q);

    /// <summary>x modulo 3 in [-1, 1], for |x| below 2^27.</summary>
    public static int Mod3(int x) => x - ((int)(((x * Reciprocal3) + (1L << 31)) >> 32) * 3);

    /// <summary>
    /// product = f * g modulo x^761 - x - 1, coefficients not reduced. They stay below 2^23, since g's are -1, 0 and 1 and f's
    /// at most 2295.
    /// </summary>
    public static void Multiply(ReadOnlySpan<int> f, ReadOnlySpan<int> g, Span<int> product)
    {
        Span<int> full = stackalloc int[2 * Room];
        full.Clear();
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(f[..Room]);
        for (int j = 0; j < P; j++)
        {
            var scale = new Vector<int>(g[j]);
            var sums = MemoryMarshal.Cast<int, Vector<int>>(full.Slice(j, Room));
            for (int i = 0; i < vectors.Length && i < sums.Length; i++)
            {
                sums[i] += vectors[i] * scale;
            }
        }

        // x^761 = x + 1.
        product[0] = full[0] + full[P];
        for (int i = 1; i < P; i++)
        {
            product[i] = full[i] + full[i + P] + full[i + P - 1];
        }

        product[P..].Clear();
        Wipe(full);
    }

    /// <summary>
    /// inverse = 1 / (3 f) modulo q, for a small f; there always is one, since x^761 - x - 1 is irreducible modulo q. The steps
    /// of division are those of Bernstein and Yang's "Fast constant-time gcd computation and modular inversion" (2019), whose
    /// count is fixed.
    /// </summary>
    public static void InverseOfTriple(ReadOnlySpan<int> small, Span<int> inverse)
    {
        Span<int> f = stackalloc int[Room];
        Span<int> g = stackalloc int[Room];
        Span<int> v = stackalloc int[Room];
        Span<int> r = stackalloc int[Room];
        f.Clear();
        g.Clear();
        v.Clear();
        r.Clear();
        // Everything is reversed: f is 1 - x^760 - x^761.
        f[0] = 1;
        f[P - 1] = -1;
        f[P] = -1;
        for (int i = 0; i < P; i++)
        {
            g[P - 1 - i] = small[i];
        }

        r[0] = Inverse(3);
        int delta = 1;
        var fs = MemoryMarshal.Cast<int, Vector<int>>(f);
        var gs = MemoryMarshal.Cast<int, Vector<int>>(g);
        var vs = MemoryMarshal.Cast<int, Vector<int>>(v);
        var rs = MemoryMarshal.Cast<int, Vector<int>>(r);
        for (int step = 0; step < (2 * P) - 1; step++)
        {
            v[..P].CopyTo(v[1..]);
            v[0] = 0;
            int swap = (-delta >> 31) & ((g[0] | -g[0]) >> 31);
            delta = (delta ^ (swap & (delta ^ -delta))) + 1;
            int change = swap & (f[0] ^ g[0]);
            var f0 = new Vector<int>(f[0] ^ change);
            var g0 = new Vector<int>(g[0] ^ change);
            var mask = new Vector<int>(swap);
            for (int i = 0; i < fs.Length && i < gs.Length && i < vs.Length && i < rs.Length; i++)
            {
                var t = mask & (fs[i] ^ gs[i]);
                fs[i] ^= t;
                gs[i] = ModQ((f0 * (gs[i] ^ t)) - (g0 * fs[i]));
                t = mask & (vs[i] ^ rs[i]);
                vs[i] ^= t;
                rs[i] = ModQ((f0 * (rs[i] ^ t)) - (g0 * vs[i]));
            }

            g[1..(P + 1)].CopyTo(g);
            g[P] = 0;
        }

        int scale = Inverse(f[0]);
        for (int i = 0; i < P; i++)
        {
            inverse[i] = ModQ(scale * v[P - 1 - i]);
        }

        inverse[P..].Clear();
        Wipe(f);
        Wipe(g);
        Wipe(v);
        Wipe(r);
    }

    /// <summary>
    /// inverse = 1 / f modulo 3, for a small f, by the same steps. False where there is none, as x^761 - x - 1 has factors
    /// modulo 3; what was written then means nothing.
    /// </summary>
    public static bool InverseMod3(ReadOnlySpan<int> small, Span<int> inverse)
    {
        Span<sbyte> f = stackalloc sbyte[Room];
        Span<sbyte> g = stackalloc sbyte[Room];
        Span<sbyte> v = stackalloc sbyte[Room];
        Span<sbyte> r = stackalloc sbyte[Room];
        f.Clear();
        g.Clear();
        v.Clear();
        r.Clear();
        f[0] = 1;
        f[P - 1] = -1;
        f[P] = -1;
        for (int i = 0; i < P; i++)
        {
            g[P - 1 - i] = (sbyte)small[i];
        }

        r[0] = 1;
        int delta = 1;
        var fs = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(f);
        var gs = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(g);
        var vs = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(v);
        var rs = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(r);
        for (int step = 0; step < (2 * P) - 1; step++)
        {
            v[..P].CopyTo(v[1..]);
            v[0] = 0;
            int sign = -g[0] * f[0];
            int swap = (-delta >> 31) & -(g[0] & 1);
            delta = (delta ^ (swap & (delta ^ -delta))) + 1;
            // sign * x without a multiplication of bytes: negated where sign is -1, kept where it is not 0.
            var negate = new Vector<sbyte>((sbyte)(sign >> 31));
            var keep = new Vector<sbyte>((sbyte)-(sign & 1));
            var mask = new Vector<sbyte>((sbyte)swap);
            for (int i = 0; i < fs.Length && i < gs.Length && i < vs.Length && i < rs.Length; i++)
            {
                var t = mask & (fs[i] ^ gs[i]);
                fs[i] ^= t;
                gs[i] = Mod3((gs[i] ^ t) + (((fs[i] ^ negate) - negate) & keep));
                t = mask & (vs[i] ^ rs[i]);
                vs[i] ^= t;
                rs[i] = Mod3((rs[i] ^ t) + (((vs[i] ^ negate) - negate) & keep));
            }

            g[1..(P + 1)].CopyTo(g);
            g[P] = 0;
        }

        for (int i = 0; i < P; i++)
        {
            inverse[i] = f[0] * v[P - 1 - i];
        }

        inverse[P..].Clear();
        Wipe(f);
        Wipe(g);
        Wipe(v);
        Wipe(r);
        return delta == 0;
    }

    /// <summary>Forgets secrets.</summary>
    public static void Wipe<T>(Span<T> secrets)
        where T : unmanaged => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secrets));

    /// <summary>
    /// x modulo q for |x| up to 2 * 2295^2. The shift loses less than one q, so the remainder lies between -q/2 and 3q/2, and
    /// at most one q more or less brings it home.
    /// </summary>
    private static Vector<int> ModQ(Vector<int> x)
    {
        var multiple = Vector.ShiftRightArithmetic(
            (Vector.ShiftRightArithmetic(x, 12) * new Vector<int>(VectorReciprocal)) + new Vector<int>(1 << 17), 18);
        var rest = x - (multiple * new Vector<int>(Q));
        rest -= Vector.GreaterThan(rest, new Vector<int>(HalfQ)) & new Vector<int>(Q);
        return rest + (Vector.LessThan(rest, new Vector<int>(-HalfQ)) & new Vector<int>(Q));
    }

    /// <summary>x modulo 3 for |x| up to 2.</summary>
    private static Vector<sbyte> Mod3(Vector<sbyte> x)
    {
        var three = new Vector<sbyte>(3);
        x -= Vector.GreaterThan(x, Vector<sbyte>.One) & three;
        return x + (Vector.LessThan(x, -Vector<sbyte>.One) & three);
    }

    /// <summary>1 / x modulo q: x^(q-2).</summary>
    private static int Inverse(int x)
    {
        int result = 1;
        for (int bit = 12; bit >= 0; bit--)
        {
            result = ModQ(result * result);
            if ((((Q - 2) >> bit) & 1) == 1)
            {
                result = ModQ(result * x);
            }
        }

        return result;
    }
}
