using Wharf.Ftp;
using Wharf.Ftp.Modes;
using Wharf.Tests.Support;

namespace Wharf.Fuzz.Targets;

/// <summary>A reader of one mode: it ends, with the end of the file or by saying what is wrong, and never gives more than there is room for.</summary>
internal sealed class ModeReaderTarget(string name, char mode) : FuzzTarget(name)
{
    /// <summary>Far more than any input can honestly become: deflate's best is about 1030 to 1, MODE C's 63 to 1.</summary>
    private const long MostBytesOut = 64L << 20;

    public override IReadOnlyList<string> Words => ["\u0080\u0000\u0000", "\u0040\u0000\u0000", "\u0010\u0000\u00031 2", "\u0000\u0000\u0001x", "\u0000\u0040", "\u0000\u0080", "\u00ff\u0001", "\u00ff\u0002", "\u00ff\u0003", "\u00ff\u00ff", "\u007f", "\u00bfz", "\u00c5"];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        foreach (var structure in new[] { Structure.File, Structure.Record })
        {
            foreach (int room in new[] { 1, 7, 4096 })
            {
                if (input.Length > 600 && room < 4096)
                {
                    continue;
                }

                await ReadAsync(input, new TransferParameters(DataType.Image, 'N', structure, mode), room, cancel);
            }
        }
    }

    private static async Task ReadAsync(byte[] input, TransferParameters parameters, int room, CancellationToken cancel)
    {
        var (client, server) = MemoryConnection.Pair(capacity: input.Length + 1);
        await client.SendAsync(input, cancel);
        await client.FinishAsync(cancel);
        using var reader = ModeTable.Find(parameters.Mode)!.Reader(server, parameters, new ModeOptions(new FtpLimits(), 6, new ManualClock()));
        byte[] buffer = new byte[room];
        long total = 0, empty = 0;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(buffer, cancel);
                Require(read.Count >= 0 && read.Count <= room, "A read fits its room.");
                Require(read.Marker is null || !read.Marker.Any(c => c is <= ' ' or '\x7f'), "A marker has no control characters.");
                total += read.Count;
                empty += read.Count == 0 ? 1 : 0;
                Require(total <= MostBytesOut && empty <= input.Length + 16, "Input of bounded size becomes output of bounded size.");
                if (read.EndOfFile)
                {
                    return;
                }
            }
        }
        catch (Exception said) when (said is EndOfStreamException or InvalidDataException || (parameters.Mode == 'Z' && said is IOException))
        {
            // The two ways a reader refuses; zlib itself has a third, an IOException, for some headers.
        }
    }
}

/// <summary>Every mode and structure: what our writer sends, our reader reads. The input is the file, its first bytes say how it is written.</summary>
internal sealed class ModeRoundTripTarget() : FuzzTarget("round-trip")
{
    public override IReadOnlyList<string> Words => ["\u00ff\u00ff", "\0\0\0\0", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\u00ff\u0001", "\n", "\r\n", "    "];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        if (input.Length < 3)
        {
            return;
        }

        var file = input.AsMemory(3);
        int piece = 1 + input[0], record = 1 + input[1], room = 1 + input[2];
        foreach (char mode in "SBCZ")
        {
            foreach (var structure in new[] { Structure.File, Structure.Record })
            {
                await TryAsync(file, new TransferParameters(DataType.Image, 'N', structure, mode), piece, record, room, cancel);
            }
        }
    }

    private static async Task TryAsync(
        ReadOnlyMemory<byte> file, TransferParameters parameters, int piece, int record, int room, CancellationToken cancel)
    {
        var options = new ModeOptions(new FtpLimits(), 6, new ManualClock());
        var (client, server) = MemoryConnection.Pair(capacity: (8 * file.Length) + 4096);
        var mode = ModeTable.Find(parameters.Mode)!;
        var ends = new List<long>();
        using (var writer = mode.Writer(server, parameters, options))
        {
            int sent = 0;
            while (sent < file.Length)
            {
                int count = Math.Min(piece, file.Length - sent);
                await writer.WriteAsync(file.Slice(sent, count), cancel);
                sent += count;
                if (parameters.Structure == Structure.Record && sent % record == 0)
                {
                    await writer.EndRecordAsync(cancel);
                    ends.Add(sent);
                }
            }

            await writer.FinishAsync(cancel);
        }

        await server.FinishAsync(cancel);
        using var reader = mode.Reader(client, parameters, options);
        using var back = new MemoryStream();
        var read = new List<long>();
        byte[] buffer = new byte[room];
        while (true)
        {
            var got = await reader.ReadAsync(buffer, cancel);
            back.Write(buffer, 0, got.Count);
            if (got.EndOfRecord)
            {
                read.Add(back.Length);
            }

            if (got.EndOfFile)
            {
                break;
            }
        }

        Require(back.ToArray().AsSpan().SequenceEqual(file.Span), $"MODE {parameters.Mode} brings the file back.");
        Require(read.Distinct().SequenceEqual(ends) || parameters.Mode is 'S' && read.Where(end => ends.Contains(end)).Distinct().SequenceEqual(ends), $"MODE {parameters.Mode} brings the records back.");
    }
}
