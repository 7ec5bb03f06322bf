using Wharf.Ssh;
using Wharf.Ssh.KeyExchange;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// Any bytes as the peer's value of every key exchange, as they are and stretched to the length that is wanted: a secret, or
/// a refusal. And as a group that a server chose.
/// </summary>
internal sealed class KeyExchangeTarget() : FuzzTarget("key-exchange")
{
    /// <summary>Of the fixed groups one is enough, as the larger ones only take longer.</summary>
    private static readonly Half[] Halves =
    [
        .. KeyExchangeTable.Rows
            .Where(row => row.Values == ValueForm.String || row.Name == "diffie-hellman-group14-sha256")
            .Select(row => new Half(row)),
    ];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        foreach (var half in Halves)
        {
            Try(() => half.Method.Respond(input, Randomness.System).Secret);
            Try(() => half.Begun.Finish(input));
            Try(() => half.Method.Respond(Stretched(input, half.Begun.Value.Length), Randomness.System).Secret);
            Try(() => half.Begun.Finish(Stretched(input, half.ServerBytes)));
        }

        int cut = input.Length == 0 ? 0 : input[^1] * input.Length / 256;
        Try(() => GroupExchange.Check(input.AsSpan(0, cut), input.AsSpan(cut)).Prime);
        return Task.CompletedTask;
    }

    private static void Try(Func<byte[]> exchange)
    {
        try
        {
            Require(exchange().Length > 0, "A secret has bytes.");
        }
        catch (WireException)
        {
            // Refused, which is the other thing it may do.
        }
    }

    /// <summary>The input again and again, and cut.</summary>
    private static byte[] Stretched(byte[] input, int length) =>
        input.Length == 0 ? new byte[length] : [.. Enumerable.Range(0, length).Select(i => input[i % input.Length])];

    /// <summary>A client that has begun, and how long a server's answer is.</summary>
    private sealed class Half(KeyExchangeMethod method)
    {
        public KeyExchangeMethod Method => method;

        public KeyAgreement Begun { get; } = method.Begin(Randomness.System);

        public int ServerBytes { get; } = method.Respond(Begin(method), Randomness.System).Value.Length;

        private static byte[] Begin(KeyExchangeMethod method)
        {
            using var begun = method.Begin(Randomness.System);
            return begun.Value.ToArray();
        }
    }
}
