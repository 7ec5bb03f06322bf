using Wharf.Files;
using Wharf.Ftp.Client;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// What a server says to a client: the same replies come out however the bytes are cut, whatever is not FTP is refused, and all that is made
/// of a reply (features, data connections, exceptions) is made without a fault.
/// </summary>
internal sealed class ClientReplyTarget() : FuzzTarget("client-reply")
{
    public override IReadOnlyList<string> Words =>
    [
        "220 ", "220-", "211-Features\r\n", "211 end\r\n", " MLST type*;size*;\r\n", " MODE Z\r\n", " SITE CPFR;CPTO\r\n", " REST STREAM\r\n", " HASH SHA-256*;MD5\r\n", "\r\n", "\n", "\r\0",
        "229 (|||50000|)\r\n", "227 (198,51,100,1,195,80)\r\n", "257 \"/a\"\"b\" x\r\n", "421 ", "550 ", "150 (20 bytes)\r\n", "\u00ff\u00fb\u0001", "\u00ff\u00ff", "\u00ff", "226", "226\r\n",
    ];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var whole = Replies(input, int.MaxValue);
        Require(whole.SequenceEqual(Replies(input, 1)) && whole.SequenceEqual(Replies(input, 7)), "The cuts do not matter.");
        return Task.CompletedTask;
    }

    private static List<string> Replies(byte[] input, int piece)
    {
        var parser = new ReplyParser();
        var said = new List<string>();
        try
        {
            for (int at = 0; at < input.Length;)
            {
                int count = Math.Min(piece, input.Length - at);
                ReadOnlySpan<byte> bytes = input.AsSpan(at, count);
                while (parser.Parse(ref bytes) is { } reply)
                {
                    Check(reply);
                    said.Add(reply.ToString());
                }

                at += count;
                Require(parser.TakeRefusal() is null or { Length: 3 }, "A refused option is three bytes.");
            }
        }
        catch (InvalidDataException offence)
        {
            said.Add(offence.Message);
        }

        return said;
    }

    private static void Check(ServerReply reply)
    {
        Require(reply.Code is >= 100 and < 700 && reply.Lines.Count > 0, "A reply has a code and a line.");
        Require(reply.Lines.All(line => !line.Contains('\n')), "A line is one line.");
        Require(PassiveReply.Extended(reply) is null or (> 0 and <= 65535), "A port is a port.");
        Require(PassiveReply.Classic(reply) is null or { Port: > 0 }, "An end point has a port.");
        var features = new ServerFeatures(reply);
        Require(features.IsThere || !features.Mlst, "Who has no FEAT has no features.");
        features.AddSiteHelp(reply);
        _ = ServerBehaviour.Of(reply.ToString(), features);
        var error = ReplyErrors.For(reply, VirtualPath.Parse("/file"));
        Require(error is IOException && !error.Message.Any(char.IsControl), "What is told of a refusal can be shown.");
    }
}
