using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Compression;
using Wharf.Ssh.Macs;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>An encrypted packet that nobody sealed, in every cipher and MAC: refused, and nothing beside it is touched.</summary>
internal sealed class SealedPacketTarget() : FuzzTarget("sealed-packet")
{
    private const int Margin = 32;
    private const byte Untouched = 0xA5;

    public override IReadOnlyList<string> Words => ["\0\0\0\u000c", "\0\0\0\u001c", "\0\0\0\0", "\u00ff\u00ff\u00ff\u00ff", "\0\0\u0080\0"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        foreach (var cipher in CipherTable.Rows)
        {
            IEnumerable<MacMethod?> macs = cipher.HasTag ? [null] : MacTable.Rows.Cast<MacMethod?>();
            foreach (var mac in macs)
            {
                Open(cipher, mac, input);
            }
        }

        return Task.CompletedTask;
    }

    private static void Open(CipherMethod cipher, MacMethod? mac, byte[] input)
    {
        using var opener = cipher.Create(new byte[cipher.KeyBytes], new byte[cipher.IvBytes], mac, new byte[mac?.KeyBytes ?? 0], seals: false);
        byte[] room = new byte[input.Length + (2 * Margin)];
        room.AsSpan().Fill(Untouched);
        input.CopyTo(room, Margin);
        var packet = room.AsSpan(Margin, input.Length);
        if (packet.Length >= opener.HeadBytes)
        {
            opener.ReadLength(1, packet[..opener.HeadBytes]);
        }

        Require(!opener.TryOpen(1, packet), $"{cipher.Name} opens nothing that was not sealed.");
        Require(
            !room.AsSpan(0, Margin).ContainsAnyExcept(Untouched) && !room.AsSpan(Margin + input.Length).ContainsAnyExcept(Untouched),
            $"{cipher.Name} keeps to its packet.");
    }
}

/// <summary>Compressed payloads, cut from one stream: something within the bound each, or a refusal.</summary>
internal sealed class CompressedPayloadTarget() : FuzzTarget("compressed-payload")
{
    private const int BoundBytes = 20_000;

    public override IReadOnlyList<string> Words => ["\u0078\u009c", "\0\0\0\u00ff\u00ff", "\u0001\0\0\u00ff\u00ff", "\u0078\u00bb", "\u0004\0", "\u0003\0"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        using var decompressor = CompressionTable.Find("zlib@openssh.com")!.CreateDecompressor(BoundBytes)!;
        int cut = input.Length == 0 ? 0 : input[^1] * input.Length / 256;
        try
        {
            foreach (var payload in (ReadOnlyMemory<byte>[])[input.AsMemory(0, cut), input.AsMemory(cut)])
            {
                using var into = Packet.Rent();
                decompressor.Decompress(payload.Span, into);
                Require(into.Length is > 0 and <= BoundBytes, "A payload is not empty and keeps to its bound.");
            }
        }
        catch (WireException)
        {
            // Refused, in the one way there is.
        }

        return Task.CompletedTask;
    }
}

/// <summary>A message of every data type, as far as it goes: read, or refused in the one way there is.</summary>
internal sealed class WireReaderTarget() : FuzzTarget("wire-reader")
{
    public override IReadOnlyList<string> Words => ["\0\0\0\0", "\0\0\0\u0001", "\0\0\0\u0002\0\u0080", "\0\0\0\u0003a,b", "\u00ff\u00ff\u00ff\u00ff", "\u007f\u00ff\u00ff\u00ff", "\u0080\0\0\0"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var reader = new WireReader(input);
        try
        {
            while (reader.Left > 0)
            {
                int before = reader.Left;
                ReadOne(ref reader, reader.Byte() % 8);
                Require(reader.Left >= 0 && reader.Left < before, "Each read goes on.");
            }

            reader.End();
        }
        catch (WireException)
        {
            // Refused.
        }

        return Task.CompletedTask;
    }

    private static void ReadOne(ref WireReader reader, int type)
    {
        switch (type)
        {
            case 0: reader.Boolean(); break;
            case 1: reader.UInt32(); break;
            case 2: reader.UInt64(); break;
            case 3: reader.Bytes(); break;
            case 4: reader.Text(); break;
            case 5: reader.MpInt(); break;
            case 6: reader.NameList(); break;
            default: reader.Raw((int)reader.UInt32()); break;
        }
    }
}
