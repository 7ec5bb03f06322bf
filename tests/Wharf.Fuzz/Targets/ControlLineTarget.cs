using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Fuzz.Targets;

/// <summary>Bytes of the control connection: lines within their bound, and what we would say of them is one line that reads back the same.</summary>
internal sealed class ControlLineTarget() : FuzzTarget("control-line")
{
    public override int MostBytes => 20_000;

    public override IReadOnlyList<string> Words =>
        ["\r\n", "\n", "\r\0", "\r", "\0", "\u00ff\u00ff", "\u00ff\u00f4", "\u00ff\u00f2", "\u00ff\u00fd\u0001", "\u00ff\u00fb\u0018", "\u00ff\u00fe", "\u00ff\u00fa\u0018\u00ff\u00f0", "ABOR"];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var limits = new FtpLimits();
        await foreach (var line in LinesAsync(input, limits, cancel))
        {
            Require(line.Kind == ControlInput.Line || line.Text.Length == 0, "Only a line has text.");
            if (line.Kind != ControlInput.Line)
            {
                continue;
            }

            Require(line.Text.Length <= limits.LineBytes, "A line is no longer than its bound.");
            Require(!line.Text.Contains('\n') && !line.Text.Contains('\0'), "A line holds neither LF nor NUL.");
            byte[] said = ControlStream.Encode([line.Text]);
            Require(said.AsSpan().Count((byte)'\n') == 1 && said.AsSpan().EndsWith("\r\n"u8), "What is said of it is one line.");
            var back = new List<ControlLine>();
            await foreach (var again in LinesAsync(said, limits with { LineBytes = said.Length }, cancel))
            {
                back.Add(again);
            }

            Require(back.Count == 1 && back[0] == line, "What is said of it reads back the same.");
        }
    }

    private static async IAsyncEnumerable<ControlLine> LinesAsync(
        byte[] input, FtpLimits limits, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (client, server) = MemoryConnection.Pair(capacity: (2 * input.Length) + 16);
        await client.SendAsync(input, cancel);
        await client.FinishAsync(cancel);
        using var stream = new ControlStream(server, limits);
        while (true)
        {
            var line = await stream.ReadAsync(cancel);
            if (line.Kind == ControlInput.End)
            {
                yield break;
            }

            yield return line;
            if (line.Kind == ControlInput.Endless)
            {
                yield break;
            }
        }
    }
}
