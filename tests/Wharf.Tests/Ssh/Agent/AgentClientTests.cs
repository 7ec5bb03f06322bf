using Wharf.Net;
using Wharf.Ssh.Agent;
using Wharf.Ssh.Keys;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Agent;

/// <summary>An agent is another program and may do anything: what it does wrong costs a line in the log.</summary>
public sealed class AgentClientTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly LogLines _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("ssh-ed25519", "ssh-ed25519", 0u)]
    [InlineData("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", 0u)]
    [InlineData("ssh-rsa", "rsa-sha2-256", 2u)]
    [InlineData("ssh-rsa", "rsa-sha2-512", 4u)]
    public async Task It_lists_and_signs(string type, string algorithm, uint flags)
    {
        using var key = SigningKey.Generate(type);
        var agent = new ScriptedAgent().Add(key);
        var client = Client(agent.DialAsync);
        var listed = Assert.Single(await client.ListAsync(Cancel));
        Assert.Equal(key.Public, listed.Key);
        byte[]? signature = await client.SignAsync(listed.Key, algorithm, "data"u8.ToArray(), Cancel);
        using var half = PublicKey.Parse(key.Public)!;
        Assert.True(half.Verify(algorithm, "data"u8, signature!).IsValid);
        Assert.Equal((type, flags), Assert.Single(agent.Asked));
    }

    [Fact]
    public async Task An_agent_that_signs_by_another_algorithm_gives_no_signature()
    {
        using var key = SigningKey.Generate("ssh-rsa");
        var client = Client(new ScriptedAgent { IsOld = true }.Add(key).DialAsync);
        Assert.Null(await client.SignAsync(key.Public, "rsa-sha2-512", "data"u8.ToArray(), Cancel));
        Assert.Contains(_log.Texts, line => line.Contains("another algorithm", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("FFFFFFFF0C")]
    [InlineData("000000010C")]
    [InlineData("0000000105")]
    [InlineData("00000005 0C FFFFFFFF")]
    [InlineData("0000000A 0C 00000001 00000001 41")]
    [InlineData("00000009 0C 00000001 FFFFFFFF")]
    public async Task T22_an_answer_that_makes_no_sense_is_no_keys_and_no_signature(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        using var key = SigningKey.Generate("ssh-ed25519");
        var client = Client(new ScriptedAgent { Answers = _ => bytes }.DialAsync);
        Assert.Empty(await client.ListAsync(Cancel));
        Assert.Null(await client.SignAsync(key.Public, "ssh-ed25519", "data"u8.ToArray(), Cancel));
        Assert.All(_log.Texts, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Fact]
    public async Task A_dead_agent_is_a_line_in_the_log()
    {
        Assert.Empty(await Client(_ => throw new IOException("nobody")).ListAsync(Cancel));
        Assert.Contains(_log.Texts, line => line.Contains("nobody", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silent_agent_is_given_up_by_the_clock()
    {
        var listing = Client(_ => new(MemoryConnection.Pair().Client)).ListAsync(Cancel).AsTask();
        await _clock.TimerDueIn(AgentLimits.List);
        _clock.Advance(AgentLimits.List);
        Assert.Empty(await listing);
    }

    private AgentClient Client(Func<CancellationToken, ValueTask<IConnection>> connect) => new(connect, _clock, _log);
}
