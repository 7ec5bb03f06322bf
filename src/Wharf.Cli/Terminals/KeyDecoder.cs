using System.Buffers;
using System.Text;
using Wharf.Files;

namespace Wharf.Cli.Terminals;

/// <summary>
/// Bytes of a terminal to keys: UTF-8, control characters, the sequences of xterm, rxvt, the Linux console and PuTTY, and
/// bracketed paste. Never fails, whatever comes.
/// </summary>
internal sealed class KeyDecoder
{
    private const byte Esc = 0x1B;

    /// <summary>A control sequence longer than this many bytes is no key.</summary>
    private const int LongestSequence = 32;

    private readonly List<byte> _bytes = [];
    private bool _pasting;

    private static ReadOnlySpan<byte> PasteEnd => "\e[201~"u8;

    /// <summary>Bytes are here that are the beginning of something.</summary>
    public bool IsWithin => _bytes.Count > 0;

    /// <summary>More bytes, as they come.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Takes the next key; none while more bytes may still belong to it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="final">Nothing more comes for now: what is here is all of it, so that ESC is the key Escape.</param>
    public bool TryTake(out Key key, bool final)
    {
        key = default;
        if (_bytes.Count == 0)
        {
            return false;
        }

        byte[] all = [.. _bytes];
        int used = _pasting ? TakePaste(all, final, out key) : Decode(all, final, out key);
        if (used == 0)
        {
            return false;
        }

        _bytes.RemoveRange(0, used);
        if (_pasting && key.Code == KeyCode.Paste && key.Text.Length == 0)
        {
            // Only the bracket itself: nothing to tell yet.
            return TryTake(out key, final);
        }

        return true;
    }

    private static int DecodePlain(ReadOnlySpan<byte> bytes, bool final, out Key key)
    {
        byte first = bytes[0];
        if (first < 0x20 || first == 0x7F)
        {
            key = first switch
            {
                0x00 => Key.Ctrl(' '),
                0x08 or 0x7F => new(KeyCode.Backspace),
                0x09 => new(KeyCode.Tab),
                0x0A or 0x0D => new(KeyCode.Enter),
                <= 0x1A => Key.Ctrl((char)('a' + first - 1)),
                Esc => new(KeyCode.Escape),
                _ => Key.Ctrl((char)(first + '@')),
            };
            return 1;
        }

        var status = Rune.DecodeFromUtf8(bytes, out _, out int used);
        key = default;
        if (status == OperationStatus.NeedMoreData && !final)
        {
            return 0;
        }

        key = Key.Of(FileNames.Decode(bytes[..used]));
        return used;
    }

    /// <summary>SS3 and one character, as keypads and some arrow keys send; rxvt puts Ctrl into the case of the letter.</summary>
    private static Key Application(byte letter, KeyModifiers modifiers) => letter switch
    {
        (byte)'M' => new(KeyCode.Enter, "", modifiers),
        >= (byte)'a' and <= (byte)'d' => Letter((byte)(letter - 0x20), modifiers | KeyModifiers.Ctrl),
        _ => Letter(letter, modifiers),
    };

    private static Key Letter(byte letter, KeyModifiers modifiers) => letter switch
    {
        (byte)'A' => new(KeyCode.Up, "", modifiers),
        (byte)'B' => new(KeyCode.Down, "", modifiers),
        (byte)'C' => new(KeyCode.Right, "", modifiers),
        (byte)'D' => new(KeyCode.Left, "", modifiers),
        (byte)'H' => new(KeyCode.Home, "", modifiers),
        (byte)'F' => new(KeyCode.End, "", modifiers),
        (byte)'Z' => new(KeyCode.Tab, "", KeyModifiers.Shift),
        _ => new(KeyCode.Unknown),
    };

    private static Key Number(int number, KeyModifiers modifiers) => number switch
    {
        1 or 7 => new(KeyCode.Home, "", modifiers),
        2 => new(KeyCode.Insert, "", modifiers),
        3 => new(KeyCode.Delete, "", modifiers),
        4 or 8 => new(KeyCode.End, "", modifiers),
        5 => new(KeyCode.PageUp, "", modifiers),
        6 => new(KeyCode.PageDown, "", modifiers),
        _ => new(KeyCode.Unknown),
    };

    private static KeyModifiers ModifiersOf(int parameter) =>
        parameter is > 1 and <= 8 ? (KeyModifiers)(parameter - 1) : KeyModifiers.None;

    /// <summary>Bytes used; 0 when more are needed.</summary>
    private int Decode(ReadOnlySpan<byte> bytes, bool final, out Key key)
    {
        key = new(KeyCode.Escape);
        if (bytes[0] != Esc)
        {
            return DecodePlain(bytes, final, out key);
        }

        if (bytes.Length == 1)
        {
            return final ? 1 : 0;
        }

        switch (bytes[1])
        {
            case Esc:
                // The first is a key; the second may begin a sequence.
                return 1;
            case (byte)'[' when bytes.Length > 2 || !final:
                return DecodeControl(bytes, final, out key);
            case (byte)'O' when bytes.Length > 2 || !final:
                return DecodeApplication(bytes, final, out key);
            default:
                int used = DecodePlain(bytes[1..], final, out key);
                key = key with { Modifiers = key.Modifiers | KeyModifiers.Alt };
                return used == 0 ? 0 : used + 1;
        }
    }

    private static int DecodeApplication(ReadOnlySpan<byte> bytes, bool final, out Key key)
    {
        key = new(KeyCode.Unknown);
        int at = 2;
        var modifiers = KeyModifiers.None;
        if (at < bytes.Length && bytes[at] is >= (byte)'1' and <= (byte)'8')
        {
            modifiers = ModifiersOf(bytes[at++] - '0');
        }

        if (at >= bytes.Length)
        {
            return final ? bytes.Length : 0;
        }

        key = Application(bytes[at], modifiers);
        return at + 1;
    }

    /// <summary>A control sequence: parameters, intermediate bytes and a final byte (ECMA-48 section 5.4).</summary>
    private int DecodeControl(ReadOnlySpan<byte> bytes, bool final, out Key key)
    {
        key = new(KeyCode.Unknown);
        int at = 2;
        while (at < bytes.Length && at < LongestSequence && bytes[at] is >= 0x20 and < 0x40)
        {
            at++;
        }

        if (at >= bytes.Length)
        {
            return final ? bytes.Length : 0;
        }

        if (bytes[at] == '[' && at == 2)
        {
            // Function keys of the Linux console: ESC [ [ and a letter.
            return bytes.Length > 3 ? 4 : final ? 3 : 0;
        }

        var parameters = bytes[2..at];
        int semicolon = parameters.IndexOf((byte)';');
        int number = Parameter(semicolon < 0 ? parameters : parameters[..semicolon]);
        var modifiers = ModifiersOf(semicolon < 0 ? 0 : Parameter(parameters[(semicolon + 1)..]));
        if (bytes[at] == '~' && number == 200)
        {
            _pasting = true;
            key = new(KeyCode.Paste);
        }
        else if (at < LongestSequence)
        {
            key = bytes[at] switch
            {
                (byte)'~' => Number(number, modifiers),
                (byte)'^' => Number(number, KeyModifiers.Ctrl),
                var letter => Letter(letter, modifiers),
            };
        }

        return at + 1;
    }

    private static int Parameter(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, System.Globalization.NumberStyles.None, null, out int value) ? value : 0;

    /// <summary>What was pasted so far; the bracket's end ends the mode. Whatever might be that end's beginning waits.</summary>
    private int TakePaste(ReadOnlySpan<byte> bytes, bool final, out Key key)
    {
        int end = bytes.IndexOf(PasteEnd);
        if (end >= 0)
        {
            _pasting = false;
            key = new(KeyCode.Paste, FileNames.Decode(bytes[..end]));
            return end + PasteEnd.Length;
        }

        int count = bytes.Length;
        if (!final)
        {
            int begun = bytes[Math.Max(0, count - PasteEnd.Length)..].LastIndexOf(Esc);
            count = begun >= 0 ? Math.Max(0, count - PasteEnd.Length) + begun : WholeCharacters(bytes);
        }

        key = new(KeyCode.Paste, FileNames.Decode(bytes[..count]));
        return count;
    }

    /// <summary>Bytes before a character whose end has not come yet.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            if (Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData)
            {
                return bytes.Length - back;
            }
        }

        return bytes.Length;
    }
}
