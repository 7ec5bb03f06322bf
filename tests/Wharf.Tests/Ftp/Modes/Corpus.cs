namespace Wharf.Tests.Ftp.Modes;

/// <summary>Contents that modes find hard.</summary>
internal static class Corpus
{
    /// <summary>The lengths the acceptance names: nothing, one byte, and around the largest block.</summary>
    public static TheoryData<int> Lengths => [0, 1, 65535, 65536];

    /// <summary>Bytes with runs, fillers, line ends and escapes among them; the same for the same seed.</summary>
    public static byte[] Mixed(int length, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length;)
        {
            int run = Math.Min(length - i, random.Next(4) == 0 ? random.Next(1, 200) : random.Next(1, 5));
            int kind = random.Next(8);
            byte value = kind switch { 0 => 0, 1 => 32, 2 => 255, 3 => 13, 4 => 10, 5 => 64, _ => (byte)random.Next(256) };
            if (kind == 7)
            {
                random.NextBytes(bytes.AsSpan(i, run));
            }
            else
            {
                bytes.AsSpan(i, run).Fill(value);
            }

            i += run;
        }

        return bytes;
    }
}
