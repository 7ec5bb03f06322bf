namespace Wharf.Cli.Terminals;

/// <summary>Which key.</summary>
internal enum KeyCode
{
    /// <summary>A character; a letter with Ctrl too.</summary>
    Text,

    /// <summary>Text that was pasted, in one or several pieces; nothing in it is a command.</summary>
    Paste,
    Enter,
    Tab,
    Backspace,
    Delete,
    Insert,
    Escape,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,

    /// <summary>A sequence we have no name for; to be ignored.</summary>
    Unknown,
}

/// <summary>What was held down; the bits of xterm's modifier parameter less one.</summary>
[Flags]
internal enum KeyModifiers
{
    None = 0,
    Shift = 1,
    Alt = 2,
    Ctrl = 4,
}

/// <summary>One key as it was typed.</summary>
/// <param name="Code">Which.</param>
/// <param name="Text">Of <see cref="KeyCode.Text"/> and <see cref="KeyCode.Paste"/>: the characters, bytes that are no UTF-8 escaped as in names. With Ctrl, the lower-case letter.</param>
/// <param name="Modifiers">What was held down, as far as terminals tell.</param>
internal readonly record struct Key(KeyCode Code, string Text = "", KeyModifiers Modifiers = KeyModifiers.None)
{
    /// <summary>A character, typed.</summary>
    public static Key Of(string text) => new(KeyCode.Text, text);

    /// <summary>A character with Ctrl.</summary>
    public static Key Ctrl(char letter) => new(KeyCode.Text, letter.ToString(), KeyModifiers.Ctrl);

    /// <summary>A character with Alt.</summary>
    public static Key Alt(char letter) => new(KeyCode.Text, letter.ToString(), KeyModifiers.Alt);
}
