using System.Text;
using Wharf.Cli.Terminals;

namespace Wharf.Tests.Cli.Terminals;

public sealed class KeyDecoderTests
{
    [Theory]
    [InlineData("\e[A", "Up")]
    [InlineData("\eOA", "Up")]
    [InlineData("\e[B", "Down")]
    [InlineData("\e[C", "Right")]
    [InlineData("\eOD", "Left")]
    [InlineData("\e[H", "Home")]
    [InlineData("\e[1~", "Home")]
    [InlineData("\e[7~", "Home")]
    [InlineData("\eOF", "End")]
    [InlineData("\e[4~", "End")]
    [InlineData("\e[3~", "Delete")]
    [InlineData("\e[2~", "Insert")]
    [InlineData("\e[5~", "PageUp")]
    [InlineData("\e[6~", "PageDown")]
    [InlineData("\e[1;5C", "Ctrl Right")]
    [InlineData("\e[1;5D", "Ctrl Left")]
    [InlineData("\e[1;3D", "Alt Left")]
    [InlineData("\e[1;6A", "Shift, Ctrl Up")]
    [InlineData("\eOc", "Ctrl Right")]
    [InlineData("\eO5C", "Ctrl Right")]
    [InlineData("\e[3;5~", "Ctrl Delete")]
    [InlineData("\e[3^", "Ctrl Delete")]
    [InlineData("\e[Z", "Shift Tab")]
    [InlineData("\eOM", "Enter")]
    [InlineData("\r", "Enter")]
    [InlineData("\n", "Enter")]
    [InlineData("\t", "Tab")]
    [InlineData("\b", "Backspace")]
    [InlineData("\x7f", "Backspace")]
    [InlineData("\e\x7f", "Alt Backspace")]
    [InlineData("\x01", "Ctrl Text a")]
    [InlineData("\x03", "Ctrl Text c")]
    [InlineData("\x04", "Ctrl Text d")]
    [InlineData("\x0c", "Ctrl Text l")]
    [InlineData("\x1a", "Ctrl Text z")]
    [InlineData("\x1f", "Ctrl Text _")]
    [InlineData("\0", "Ctrl Text  ")]
    [InlineData("\eb", "Alt Text b")]
    [InlineData("\e.", "Alt Text .")]
    [InlineData("\eä", "Alt Text ä")]
    [InlineData("x", "Text x")]
    [InlineData("ß", "Text ß")]
    [InlineData("漢", "Text 漢")]
    [InlineData("😀", "Text 😀")]
    [InlineData("\e[15~", "Unknown")]
    [InlineData("\e[[A", "Unknown")]
    [InlineData("\e[?1;2c", "Unknown")]
    public void Bytes_of_a_key_are_that_key_however_they_come(string bytes, string expected)
    {
        Assert.Equal([expected], Keys(bytes, together: true));
        Assert.Equal([expected], Keys(bytes, together: false));
    }

    [Fact]
    public void Escape_alone_is_a_key_when_nothing_follows()
    {
        Assert.Equal(["Escape"], Keys("\e", together: true));
        Assert.Equal(["Escape", "Up"], Keys("\e\e[A", together: true));
        Assert.Equal(["Alt Text ["], Keys("\e[", together: true));
        Assert.Equal(["Alt Text O"], Keys("\eO", together: true));
        Assert.Equal(["Unknown"], Keys("\e[1;", together: true));
    }

    [Fact]
    public void A_paste_is_text_whatever_is_in_it()
    {
        Assert.Equal(["Text a", "Paste ls\r\x03\e[A", "Text b"], Keys("a\e[200~ls\r\x03\e[A\e[201~b", together: true));
    }

    [Fact]
    public void A_paste_that_comes_in_pieces_is_told_in_pieces_and_loses_nothing()
    {
        var keys = Keys("\e[200~aä漢\e[20é\e[201~z", together: false);
        Assert.Equal("Text z", keys[^1]);
        Assert.Equal("aä漢\e[20é", string.Concat(keys[..^1].Select(key => key["Paste ".Length..])));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_escaped_as_in_names()
    {
        Assert.Equal(["Text \uDCE4", "Text x"], Keys([0xE4, (byte)'x'], together: true));
        Assert.Equal(["Text \uDCF0\uDC9F"], Keys([0xF0, 0x9F], together: true));
    }

    [Fact]
    public void A_sequence_without_end_is_no_key_and_ends()
    {
        var keys = Keys("\e[" + new string('1', 40) + "x", together: true);
        Assert.Equal("Unknown", keys[0]);
        Assert.Equal("Text x", keys[^1]);
    }

    private static List<string> Keys(string bytes, bool together) => Keys(Encoding.UTF8.GetBytes(bytes), together);

    private static List<string> Keys(byte[] bytes, bool together)
    {
        var decoder = new KeyDecoder();
        var keys = new List<string>();
        foreach (byte[] piece in together ? [bytes] : bytes.Select(b => new[] { b }))
        {
            decoder.Add(piece);
            Take(decoder, keys, final: false);
        }

        Take(decoder, keys, final: true);
        Assert.False(decoder.IsWithin);
        return keys;
    }

    private static void Take(KeyDecoder decoder, List<string> keys, bool final)
    {
        while (decoder.TryTake(out var key, final))
        {
            string modifiers = key.Modifiers == KeyModifiers.None ? "" : $"{key.Modifiers} ";
            string text = key.Code is KeyCode.Text or KeyCode.Paste ? $" {key.Text}" : "";
            keys.Add($"{modifiers}{key.Code}{text}");
        }
    }
}
