using System.Text;

namespace Wharf.Fuzz;

/// <summary>Makes new inputs of old ones. The same seed makes the same inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words, int mostBytes)
{
    private static readonly byte[] Interesting = [0, 1, 2, 9, 10, 13, 32, 34, 42, 47, 48, 57, 63, 64, 91, 92, 127, 128, 192, 224, 239, 240, 244, 250, 251, 253, 254, 255];

    private static readonly string[] Numbers =
        ["0", "-1", "+1", "1", "255", "256", "65535", "65536", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "99999999999999999999"];

    public byte[] Next()
    {
        var bytes = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (int times = random.Next(1, 9); times > 0; times--)
        {
            Change(bytes);
        }

        if (bytes.Count > mostBytes)
        {
            bytes.RemoveRange(mostBytes, bytes.Count - mostBytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(random.Next(1, 1 + random.Next(1, 64)), bytes.Count - at);
        switch (random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 2:
                bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), [.. bytes.Skip(at).Take(length)]);
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, random.Next(2, 600))));
                break;
            case 6:
                byte[] other = corpus[random.Next(corpus.Count)];
                int from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.Skip(from).Take(random.Next(other.Length - from + 1)));
                break;
            case 7 when words.Count > 0:
                bytes.InsertRange(at, Encoding.Latin1.GetBytes(words[random.Next(words.Count)]));
                break;
            case 8:
                bytes.InsertRange(at, Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]));
                break;
            default:
                byte[] noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                bytes.InsertRange(at, noise);
                break;
        }
    }
}
