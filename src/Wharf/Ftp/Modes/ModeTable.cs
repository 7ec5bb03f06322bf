namespace Wharf.Ftp.Modes;

/// <summary>The transmission modes we speak.</summary>
internal static class ModeTable
{
    public static readonly IReadOnlyList<TransmissionMode> Rows =
    [
        new StreamMode(),
        new BlockMode(),
        new CompressedMode(),
        new DeflateMode(),
    ];

    /// <summary>The mode of that letter, in either case; null for one we do not speak.</summary>
    public static TransmissionMode? Find(char letter) => Rows.FirstOrDefault(mode => mode.Letter == char.ToUpperInvariant(letter));
}
