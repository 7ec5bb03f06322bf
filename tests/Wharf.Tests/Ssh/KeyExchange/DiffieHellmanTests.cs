using System.Globalization;
using System.Numerics;
using Wharf.Ssh.KeyExchange;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.KeyExchange;

/// <summary>Diffie-Hellman in fixed and in chosen groups: what is computed and what is refused.</summary>
public sealed class DiffieHellmanTests
{
    public static TheoryData<string> Names =>
        ["diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512", "diffie-hellman-group14-sha1"];

    [Fact] // RFC 3526 sections 3 and 5 begin and end with these.
    public void The_groups_are_those_of_RFC_3526()
    {
        string group14 = Convert.ToHexString(DiffieHellmanGroup.Group14.Prime);
        Assert.Equal(512, group14.Length);
        Assert.StartsWith("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74", group14, StringComparison.Ordinal);
        Assert.EndsWith("15728E5A8AACAA68FFFFFFFFFFFFFFFF", group14, StringComparison.Ordinal);
        string group16 = Convert.ToHexString(DiffieHellmanGroup.Group16.Prime);
        Assert.EndsWith("4DF435C934063199FFFFFFFFFFFFFFFF", group16, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_that_give_the_secret_away_are_refused(string name)
    {
        var method = KeyExchangeTable.Find(name)!;
        byte[] prime = name.Contains("14") ? DiffieHellmanGroup.Group14.Prime
            : name.Contains("16") ? DiffieHellmanGroup.Group16.Prime : DiffieHellmanGroup.Group18.Prime;
        byte[] lessOne = [.. prime.AsSpan(0, prime.Length - 1), (byte)(prime[^1] - 1)];
        using var client = method.Begin(new SeededRandomness(1));
        foreach (byte[] value in (byte[][])[[], [0], [1], [0, 0, 1], lessOne, prime, [0xFF, .. prime], new byte[4096]])
        {
            Assert.Throws<WireException>(() => client.Finish(value));
            Assert.Throws<WireException>(() => method.Respond(value, new SeededRandomness(2)));
        }

        byte[] lessTwo = [.. prime.AsSpan(0, prime.Length - 1), (byte)(prime[^1] - 2)];
        Assert.NotEmpty(client.Finish(lessTwo));
    }

    [Fact]
    public void The_secret_is_what_plain_arithmetic_says()
    {
        var p = new BigInteger(DiffieHellmanGroup.Group14.Prime, isUnsigned: true, isBigEndian: true);
        byte[] key = DiffieHellmanGroup.PrivateKey(new SeededRandomness(1));
        var x = new BigInteger(key, isUnsigned: true, isBigEndian: true);
        Assert.Equal(640, x.GetBitLength());
        Assert.Equal(
            BigInteger.ModPow(2, x, p), new BigInteger(DiffieHellmanGroup.Group14.Value(key), isUnsigned: true, isBigEndian: true));
        Assert.Equal(
            BigInteger.ModPow(12345, x, p),
            new BigInteger(DiffieHellmanGroup.Group14.Secret([0x30, 0x39], key), isUnsigned: true, isBigEndian: true));
    }

    [Theory]
    [InlineData(2048, 2048, 8192, 2048)]
    [InlineData(2048, 3072, 8192, 3072)]
    [InlineData(2048, 3073, 8192, 4096)]
    [InlineData(1024, 7680, 8192, 8192)] // What OpenSSH asks for with a cipher of 192 bits.
    [InlineData(2048, 7680, 7680, 4096)]
    [InlineData(1024, 1024, 2048, 2048)]
    public void The_server_gives_the_smallest_group_that_is_large_enough(int min, int preferred, int max, int expected) =>
        Assert.Equal(expected, GroupExchange.Choose((uint)min, (uint)preferred, (uint)max).Bits);

    [Theory]
    [InlineData(1024, 1024, 1024)]
    [InlineData(8193, 9000, 16384)]
    [InlineData(4096, 2048, 8192)]
    [InlineData(2048, 8192, 4096)]
    public void A_request_for_no_group_of_ours_is_refused(int min, int preferred, int max) =>
        Assert.Throws<WireException>(() => GroupExchange.Choose((uint)min, (uint)preferred, (uint)max));

    [Fact]
    public void Both_roles_agree_in_a_chosen_group()
    {
        var row = Assert.IsType<GroupExchange>(KeyExchangeTable.Find("diffie-hellman-group-exchange-sha256"));
        var chosen = GroupExchange.Choose(GroupExchange.MinBits, GroupExchange.MinBits, GroupExchange.MaxBits);
        var server = row.In(chosen);
        var client = row.In(GroupExchange.Check(chosen.Prime, chosen.Generator));
        Assert.True(client.AsksForGroup);
        Assert.Equal(row.Name, client.Name);
        using var begun = client.Begin(new SeededRandomness(1));
        var answered = server.Respond(begun.Value.Span, new SeededRandomness(2));
        Assert.Equal(answered.Secret, begun.Finish(answered.Value));
    }

    [Fact]
    public void The_row_itself_has_no_group()
    {
        var row = KeyExchangeTable.Find("diffie-hellman-group-exchange-sha256")!;
        Assert.Throws<InvalidOperationException>(() => row.Begin(new SeededRandomness(1)));
        Assert.Throws<InvalidOperationException>(() => row.Respond([2], new SeededRandomness(1)));
    }

    [Fact]
    public void A_client_refuses_groups_it_did_not_ask_for_and_numbers_that_are_no_group()
    {
        byte[] prime = DiffieHellmanGroup.Group14.Prime;
        byte[] even = [.. prime.AsSpan(0, prime.Length - 1), 0xFE];
        byte[] lessOne = even;
        byte[] small = BigInteger.Parse("0FFFFFFFFFFFFFFC5", NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        Refused(even, [2]);
        Refused(small, [2]);
        Refused(prime.AsSpan(1).ToArray(), [2]);
        Refused([1, .. new byte[1023], 1], [2]);
        Refused(new byte[1 << 20], [2]);
        Refused([], []);
        Refused(prime, []);
        Refused(prime, [1]);
        Refused(prime, lessOne);
        Refused(prime, [.. prime, 1]);

        static void Refused(byte[] p, byte[] g) => Assert.Throws<WireException>(() => GroupExchange.Check(p, g));
    }
}
