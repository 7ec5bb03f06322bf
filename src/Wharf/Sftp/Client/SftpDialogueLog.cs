using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>The dialogue of a session as a log shows it: requests with their names and paths, and what came of them. Contents of files are no part of it.</summary>
/// <param name="server">Whose.</param>
/// <param name="logger">Debug is the dialogue.</param>
internal sealed partial class SftpDialogueLog(string server, ILogger logger)
{
    private const byte Extended = 200;
    private const byte Status = 101;

    /// <summary>Whether anybody wants it.</summary>
    public bool IsEnabled => logger.IsEnabled(LogLevel.Debug);

    /// <summary>A request goes out.</summary>
    /// <param name="packet">With its length before it.</param>
    public void Said(ReadOnlySpan<byte> packet)
    {
        byte number = packet[4];
        Log.Said(logger, server, BinaryPrimitives.ReadUInt32BigEndian(packet[5..]), NameOf(number), PathsIn(number, packet[SftpPacket.HeaderBytes..]));
    }

    /// <summary>A reply came.</summary>
    /// <param name="reply">From its number on.</param>
    public void Answered(ReadOnlyMemory<byte> reply)
    {
        uint id = BinaryPrimitives.ReadUInt32BigEndian(reply.Span[1..]);
        string what = NameOf(reply.Span[0]);
        if (reply.Span[0] == Status)
        {
            try
            {
                var (code, text) = StatusReply.Read(reply);
                what += $" {code} {FileNames.ForDisplay(text)}".TrimEnd();
            }
            catch (WireException)
            {
                what += " (broken)";
            }
        }

        Log.Answered(logger, server, id, what);
    }

    /// <summary>The message's name without its SSH_FXP_ (draft-ietf-secsh-filexfer-02 section 3).</summary>
    private static string NameOf(byte number) => number switch
    {
        3 => "OPEN", 4 => "CLOSE", 5 => "READ", 6 => "WRITE", 7 => "LSTAT", 8 => "FSTAT", 9 => "SETSTAT", 10 => "FSETSTAT", 11 => "OPENDIR",
        12 => "READDIR", 13 => "REMOVE", 14 => "MKDIR", 15 => "RMDIR", 16 => "REALPATH", 17 => "STAT", 18 => "RENAME", 19 => "READLINK",
        20 => "SYMLINK", Status => "STATUS", 102 => "HANDLE", 103 => "DATA", 104 => "NAME", 105 => "ATTRS", Extended => "EXTENDED",
        201 => "EXTENDED_REPLY",
        _ => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>The strings that a request begins with, as far as they are paths or an extension's name; handles are bytes that mean nothing to a reader.</summary>
    private static string PathsIn(byte number, ReadOnlySpan<byte> fields)
    {
        int most = number switch
        {
            Extended => 3,
            18 or 20 => 2,
            3 or 7 or 9 or 11 or (>= 13 and <= 17) or 19 => 1,
            _ => 0,
        };
        string text = "";
        for (int i = 0; i < most && fields.Length >= sizeof(uint); i++)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(fields);
            if (length > fields.Length - sizeof(uint))
            {
                break;
            }

            var part = fields.Slice(sizeof(uint), (int)length);
            fields = fields[(sizeof(uint) + (int)length)..];
            if (number != Extended || i == 0 || part.StartsWith("/"u8))
            {
                text += " " + FileNames.ForDisplay(FileNames.Decode(part));
            }
        }

        return text;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Server} > {Id} {Request}{Paths}")]
        public static partial void Said(ILogger logger, string server, uint id, string request, string paths);

        [LoggerMessage(LogLevel.Debug, "{Server} < {Id} {Reply}")]
        public static partial void Answered(ILogger logger, string server, uint id, string reply);
    }
}
