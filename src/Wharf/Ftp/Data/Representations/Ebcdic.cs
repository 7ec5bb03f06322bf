using System.Collections.Concurrent;
using System.Text;

namespace Wharf.Ftp.Data.Representations;

/// <summary>
/// An IBM code page as two tables of 256 bytes, each the other's inverse: files here are taken as Latin-1, whose 256
/// characters these pages have all of, so nothing is ever lost. UTF-8 text goes byte by byte and comes back whole.
/// </summary>
internal sealed class Ebcdic
{
    /// <summary>NL, the end of a line: RFC 959 section 3.1.1.2.</summary>
    public const byte NewLine = 0x15;

    /// <summary>LF, which the pages have besides.</summary>
    private const byte LineFeed = 0x25;

    private static readonly ConcurrentDictionary<int, Ebcdic> Pages = new();

    private readonly byte[] _toWire = new byte[256];
    private readonly byte[] _fromWire = new byte[256];

    private Ebcdic(int codePage)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage)
            ?? throw new ArgumentOutOfRangeException(nameof(codePage), codePage, "Not a code page of the framework.");
        for (int latin = 0; latin < 256; latin++)
        {
            _toWire[latin] = encoding.GetBytes([(char)latin])[0];
        }

        // The end of a line here is LF and there NL, whichever of the two the page takes U+000A for; NEL (U+0085) gets the other.
        _toWire['\n'] = NewLine;
        _toWire[0x85] = LineFeed;
        for (int latin = 0; latin < 256; latin++)
        {
            _fromWire[_toWire[latin]] = (byte)latin;
        }
    }

    /// <summary>The tables of a code page: 37, 500 or 1047.</summary>
    public static Ebcdic For(int codePage) => Pages.GetOrAdd(codePage, static number => new Ebcdic(number));

    /// <summary>The local byte that is this one on the wire.</summary>
    public byte Local(byte wire) => _fromWire[wire];

    /// <summary>Writes the bytes as they go over the wire.</summary>
    public void ToWire(ReadOnlySpan<byte> local, Span<byte> wire) => Translate(_toWire, local, wire);

    /// <summary>Writes received bytes as they are here.</summary>
    public void FromWire(ReadOnlySpan<byte> wire, Span<byte> local) => Translate(_fromWire, wire, local);

    private static void Translate(byte[] table, ReadOnlySpan<byte> from, Span<byte> to)
    {
        to = to[..from.Length];
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = table[from[i]];
        }
    }
}
