using System.Text;
using Wharf.Net;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>The version exchange, RFC 4253 section 4.2: one line from each side, before anything else.</summary>
internal static class Identification
{
    /// <summary>Longest line with its CR LF (RFC 4253 section 4.2).</summary>
    private const int MostLineBytes = 255;

    /// <summary>Most lines a server may send before its version; OpenSSH's client takes 1024.</summary>
    private const int MostLinesBefore = 1024;

    /// <summary>What we say of ourselves, without CR LF.</summary>
    public static string Ours { get; } =
        "SSH-2.0-Wharf_" + typeof(Identification).Assembly.GetName().Version!.ToString(3);

    /// <summary>The line as it is sent.</summary>
    public static byte[] Line(string identification) => Encoding.ASCII.GetBytes(identification + "\r\n");

    /// <summary>
    /// Reads the peer's line, a byte at a time from what was received, so that the packets behind it stay where they are.
    /// Returns it without its line end, or null where the connection ended before it began.
    /// </summary>
    /// <param name="reader">Holds what was received.</param>
    /// <param name="connection">Where more comes from.</param>
    /// <param name="peerIsServer">A server may send other lines before (RFC 4253 section 4.2); a client may not.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SshException">It is no SSH 2.</exception>
    public static async ValueTask<string?> ReadAsync(PacketReader reader, IConnection connection, bool peerIsServer, CancellationToken cancel)
    {
        for (int lines = 0; lines <= (peerIsServer ? MostLinesBefore : 0); lines++)
        {
            byte[]? line;
            while ((line = reader.TakeLine(MostLineBytes)) is null)
            {
                if (!await reader.FillAsync(connection, cancel).ConfigureAwait(false))
                {
                    return null;
                }
            }

            if (line.AsSpan().StartsWith("SSH-"u8))
            {
                return Accept(line);
            }
        }

        throw new SshException(DisconnectReason.ProtocolError, "The peer does not speak SSH.");
    }

    private static string Accept(byte[] line)
    {
        // RFC 4253 section 5.1: "1.99" is a server that speaks both.
        if (!line.AsSpan().StartsWith("SSH-2.0-"u8) && !line.AsSpan().StartsWith("SSH-1.99-"u8))
        {
            throw new SshException(DisconnectReason.VersionNotSupported, "Only SSH 2 is spoken here.");
        }

        foreach (byte b in line)
        {
            // Printable US-ASCII and spaces; anything else would only be there to get into a log (security case T30).
            if (b is < 0x20 or > 0x7E)
            {
                throw new WireException("A version line with bytes that are not printable.");
            }
        }

        return Encoding.ASCII.GetString(line);
    }
}
