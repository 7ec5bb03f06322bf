using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Tests.House;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Dialogues;

/// <summary>One packet, or a version line, of a recorded connection.</summary>
/// <param name="Up">From the client.</param>
/// <param name="Wire">As it was sent.</param>
/// <param name="Clear">What it says: the line, or the payload.</param>
internal sealed record Said(bool Up, byte[] Wire, byte[] Clear);

/// <summary>A recorded connection between both roles of ours: a file of tests/Wharf.Tests/Transcripts/Ssh.</summary>
internal static class Dialogue
{
    /// <summary>What the ends call themselves in records, so that a new version of ours changes none.</summary>
    public const string Client = "SSH-2.0-Client", Server = "SSH-2.0-Server";

    /// <summary>What was said, oldest first.</summary>
    public static IReadOnlyList<Said> Read(string name)
    {
        var said = new List<Said>();
        string[] lines = [.. File.ReadAllLines(PathOf(name)).Where(line => line.Length > 0 && line[0] != '#')];
        for (int i = 0; i < lines.Length; i += 2)
        {
            said.Add(new(lines[i].StartsWith("C ", StringComparison.Ordinal), Golden.Bytes(lines[i + 1]), Unescape(lines[i][2..])));
        }

        return said;
    }

    /// <summary>Writes the file.</summary>
    public static void Write(string name, string about, IReadOnlyList<Said> said)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {about}\n# Made by WHARF_RECORD=1 (README.md): what is said, escaped, and below it the bytes on the wire.\n\n");
        foreach (var one in said)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(one.Up ? 'C' : 'S')} {Escape(one.Clear)}\n  {Convert.ToHexStringLower(one.Wire)}\n\n");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text.ToString());
    }

    /// <summary>Takes a connection apart, given the bytes in the order they were seen and the client's randomness.</summary>
    public static async Task<IReadOnlyList<Said>> OpenAsync(IReadOnlyList<(bool Up, byte[] Bytes)> chunks)
    {
        var up = new Direction(chunks, true);
        var down = new Direction(chunks, false);
        up.TakeLine();
        down.TakeLine();
        up.TakeClear();
        down.TakeClear();
        byte[] clients = up.Said[1].Said.Clear, servers = down.Said[1].Said.Clear;
        using var handshake = new Handshake(
            new HandshakeContext
            {
                IsServer = false, OurVersion = Client, PeerVersion = Server, AcceptHostKey = (_, _) => new(true), Randomness = new DialogueRandomness("client"),
            },
            clients, servers, Negotiation.Choose(Golden.Read<KexInit>(clients), Golden.Read<KexInit>(servers), peerIsClient: false), packet => packet.Dispose());
        handshake.Begin();
        byte[] reply = down.Said[2].Said.Clear;
        await handshake.HandleAsync(reply[0], reply.AsMemory(1), CancellationToken.None);
        using var fromClient = handshake.CreateCipher(up: true, seals: false, handshake.ExchangeHash);
        using var fromServer = handshake.CreateCipher(up: false, seals: false, handshake.ExchangeHash);
        up.TakeSealed(fromClient);
        down.TakeSealed(fromServer);
        return [.. up.Said.Concat(down.Said).OrderBy(one => one.Chunk).Select(one => one.Said)];
    }

    private static string PathOf(string name) => Path.Combine(Repository.Root, "tests", "Wharf.Tests", "Transcripts", "Ssh", name + ".txt");

    private static string Escape(byte[] bytes) => string.Concat(bytes.Select(b => b switch
    {
        (byte)'\\' => "\\\\",
        >= 0x21 and <= 0x7E => ((char)b).ToString(),
        _ => $"\\{b:x2}",
    }));

    private static byte[] Unescape(string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || text[i + 1] == '\\')
            {
                i += text[i] == '\\' ? 1 : 0;
                bytes.Add((byte)text[i]);
                continue;
            }

            bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += 2;
        }

        return [.. bytes];
    }

    /// <summary>What one end sent.</summary>
    private sealed class Direction
    {
        private readonly bool _up;
        private readonly byte[] _bytes;
        private readonly int[] _chunks;
        private int _at;

        public Direction(IReadOnlyList<(bool Up, byte[] Bytes)> chunks, bool up)
        {
            _up = up;
            _bytes = [.. chunks.Where(chunk => chunk.Up == up).SelectMany(chunk => chunk.Bytes)];
            _chunks = [.. chunks.SelectMany((chunk, i) => chunk.Up == up ? Enumerable.Repeat(i, chunk.Bytes.Length) : [])];
        }

        /// <summary>All that was taken, and in which chunk its last byte came.</summary>
        public List<(int Chunk, Said Said)> Said { get; } = [];

        public void TakeLine()
        {
            int length = Array.IndexOf(_bytes, (byte)'\n', _at) + 1 - _at;
            Take(length, _bytes[_at..(_at + length)]);
        }

        /// <summary>Up to NEWKEYS.</summary>
        public void TakeClear()
        {
            do
            {
                int length = 4 + (int)BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(_at));
                byte[] packet = _bytes[_at..(_at + length)];
                Take(length, packet[5..^packet[4]]);
            }
            while (Said[^1].Said.Clear[0] != NewKeys.Number);
        }

        public void TakeSealed(PacketCipher cipher)
        {
            for (uint sequence = 0; _at < _bytes.Length; sequence++)
            {
                int length = 4 + (int)cipher.ReadLength(sequence, _bytes.AsSpan(_at, cipher.HeadBytes)) + cipher.TagBytes;
                byte[] packet = _bytes[_at..(_at + length)];
                Assert.True(cipher.TryOpen(sequence, packet));
                Take(length, packet[5..^(cipher.TagBytes + packet[4])]);
            }
        }

        private void Take(int length, byte[] clear)
        {
            Said.Add((_chunks[_at + length - 1], new(_up, _bytes[_at..(_at + length)], clear)));
            _at += length;
        }
    }
}
