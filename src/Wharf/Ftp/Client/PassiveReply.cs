using System.Globalization;
using System.Net;

namespace Wharf.Ftp.Client;

/// <summary>Where a server waits for a data connection, as it says so.</summary>
internal static class PassiveReply
{
    /// <summary>The port of 229, RFC 2428 section 3: "(|||6446|)", the delimiter any printable character; null where there is none.</summary>
    public static int? Extended(ServerReply reply)
    {
        string text = reply.Text;
        for (int open = text.IndexOf('(', StringComparison.Ordinal); open >= 0; open = text.IndexOf('(', open + 1))
        {
            var inner = text.AsSpan(open + 1);
            if (inner.Length < 6 || inner[0] is < '!' or > '~' || char.IsAsciiDigit(inner[0]) || inner[1] != inner[0] || inner[2] != inner[0])
            {
                continue;
            }

            int end = inner[3..].IndexOf(inner[0]);
            if (end > 0 && int.TryParse(inner.Slice(3, end), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535)
            {
                return port;
            }
        }

        return null;
    }

    /// <summary>Address and port of 227, RFC 959: six numbers anywhere, since the parentheses are in no grammar (RFC 1123 section 4.1.2.6); null where there are none.</summary>
    public static IPEndPoint? Classic(ServerReply reply)
    {
        string text = reply.Text;
        for (int from = 0; from < text.Length; from++)
        {
            if (char.IsAsciiDigit(text[from]) && (from == 0 || !char.IsAsciiDigit(text[from - 1])) && Six(text.AsSpan(from)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static IPEndPoint? Six(ReadOnlySpan<char> text)
    {
        Span<byte> numbers = stackalloc byte[6];
        for (int i = 0; i < 6; i++)
        {
            int digits = 0;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }

            if (!byte.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }

            text = text[digits..];
            if (i < 5)
            {
                if (text.IsEmpty || text[0] != ',')
                {
                    return null;
                }

                text = text[1..].TrimStart(' ');
            }
        }

        int port = (numbers[4] << 8) | numbers[5];
        return port == 0 ? null : new IPEndPoint(new IPAddress(numbers[..4]), port);
    }
}
