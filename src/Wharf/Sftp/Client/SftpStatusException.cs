using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>A request to the peer failed.</summary>
/// <param name="code">SSH_FX_*.</param>
/// <param name="text">The server's words; not to be believed, nor shown unescaped.</param>
internal sealed class SftpStatusException(SftpCode code, string text) : IOException($"{code}: {FileNames.ForDisplay(text)}")
{
    public SftpCode Code { get; } = code;

    /// <summary>The server's words as they came.</summary>
    public string Text { get; } = text;
}

/// <summary>SSH_FXP_STATUS as a client must take it: words in whatever encoding, or none, and often no language.</summary>
internal static class StatusReply
{
    /// <summary>Longest words that are kept, bytes.</summary>
    private const int MostWords = 1024;

    /// <summary>Code and words of a reply that begins with its number.</summary>
    /// <exception cref="WireException">It is too short.</exception>
    public static (SftpCode Code, string Text) Read(ReadOnlyMemory<byte> reply)
    {
        var reader = new WireReader(reply[1..]);
        _ = reader.UInt32();
        var code = (SftpCode)reader.UInt32();
        if (reader.Left < 4)
        {
            return (code, "");
        }

        var words = reader.Bytes().Span;
        return (code, FileNames.Decode(words[..Math.Min(words.Length, MostWords)]));
    }

    /// <summary>The failure a reply tells of; null where it says that all is well.</summary>
    public static SftpStatusException? FailureIn(ReadOnlyMemory<byte> reply)
    {
        var (code, text) = Read(reply);
        return code == SftpCode.Ok ? null : new(code, text);
    }
}
