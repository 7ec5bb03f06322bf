using Wharf.Ssh.KeyExchange;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.KeyExchange;

/// <summary>What holds for every row of the table that needs no group first.</summary>
public sealed class KeyExchangeMethodTests
{
    public static TheoryData<string> Names => [.. KeyExchangeTable.Rows.Where(row => !row.AsksForGroup).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_roles_agree_on_a_secret_that_is_new_each_time(string name)
    {
        var method = KeyExchangeTable.Find(name)!;
        var (_, _, first) = Agree(method, 1, 2);
        var (_, _, second) = Agree(method, 3, 2);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_randomness_makes_the_same_values(string name)
    {
        var method = KeyExchangeTable.Find(name)!;
        Assert.Equal(Agree(method, 1, 2), Agree(method, 1, 2));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_cut_short_or_too_long_is_refused_by_both_roles(string name)
    {
        var method = KeyExchangeTable.Find(name)!;
        using var client = method.Begin(new SeededRandomness(1));
        byte[] clientValue = client.Value.ToArray();
        byte[] serverValue = method.Respond(clientValue, new SeededRandomness(2)).Value;

        if (method.Values == ValueForm.String)
        {
            Assert.Throws<WireException>(() => method.Respond(clientValue.AsSpan(1), new SeededRandomness(2)));
            Assert.Throws<WireException>(() => client.Finish(serverValue.AsSpan(1)));
        }

        Assert.Throws<WireException>(() => method.Respond([], new SeededRandomness(2)));
        Assert.Throws<WireException>(() => client.Finish([]));
        Assert.Throws<WireException>(() => method.Respond([.. clientValue, 1], new SeededRandomness(2)));
        Assert.Throws<WireException>(() => client.Finish([.. serverValue, 1]));
    }

    [Fact]
    public void What_is_offered_by_default_is_this()
    {
        Assert.Equal(
            [
                "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com",
                "curve25519-sha256", "curve25519-sha256@libssh.org",
                "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
            ],
            KeyExchangeTable.Rows.Where(row => row.Default.HasFlag(OfferedBy.Server)).Select(row => row.Name));
        Assert.Equal(
            ["diffie-hellman-group-exchange-sha256"],
            KeyExchangeTable.Rows.Where(row => row.Default == OfferedBy.Client).Select(row => row.Name));
        Assert.Equal(["diffie-hellman-group14-sha1"], KeyExchangeTable.Rows.Where(row => row.IsLegacy).Select(row => row.Name));
    }

    /// <summary>One exchange in hex: what the client sent, what the server sent, and the secret both have.</summary>
    private static (string Client, string Server, string Secret) Agree(KeyExchangeMethod method, int clientSeed, int serverSeed)
    {
        using var client = method.Begin(new SeededRandomness(clientSeed));
        var server = method.Respond(client.Value.Span, new SeededRandomness(serverSeed));
        byte[] secret = client.Finish(server.Value);
        Assert.Equal(server.Secret, secret);
        return (Convert.ToHexString(client.Value.Span), Convert.ToHexString(server.Value), Convert.ToHexString(secret));
    }
}
