using Wharf.Ssh.KeyExchange;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.KeyExchange;

/// <summary>Points that are none are refused before anything is computed with them.</summary>
public sealed class EcdhNistTests
{
    public static TheoryData<string> Names => ["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_point_off_the_curve_is_refused(string name)
    {
        var method = KeyExchangeTable.Find(name)!;
        using var client = method.Begin(new SeededRandomness(1));
        byte[] value = client.Value.ToArray();
        value[^1] ^= 1;
        Assert.Throws<WireException>(() => method.Respond(value, new SeededRandomness(2)));
        Assert.Throws<WireException>(() => client.Finish(value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Infinity_compressed_and_unreduced_points_are_refused(string name)
    {
        var method = KeyExchangeTable.Find(name)!;
        using var client = method.Begin(new SeededRandomness(1));
        byte[] value = client.Value.ToArray();
        int field = value.Length / 2;

        Assert.Throws<WireException>(() => client.Finish([0]));
        Assert.Throws<WireException>(() => client.Finish([2, .. value.AsSpan(1, field)]));
        Assert.Throws<WireException>(() => client.Finish([6, .. value.AsSpan(1)]));
        Assert.Throws<WireException>(() => client.Finish([4, .. new byte[2 * field]]));
        byte[] large = new byte[value.Length];
        large.AsSpan().Fill(0xFF);
        large[0] = 4;
        Assert.Throws<WireException>(() => client.Finish(large));
    }

    [Fact]
    public void A_private_key_at_or_above_the_order_is_drawn_again()
    {
        byte[] order = NistCurve.P256.Order;
        byte[] one = [.. new byte[31], 1];
        using var client = KeyExchangeTable.Find("ecdh-sha2-nistp256")!.Begin(new TheseBytes([.. order, .. new byte[32], .. one]));
        // The curve's base point, SEC 2 section 2.4.2.
        Assert.Equal(
            "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
            + "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
            Convert.ToHexString(client.Value.Span));
    }
}
