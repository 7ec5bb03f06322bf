namespace Wharf.Ftp.Languages;

/// <summary>German. A test fails when a reply of the code has no row here.</summary>
internal static class German
{
    public static Language Language { get; } = new("DE", new Dictionary<string, string>
    {
        ["Transfer complete."] = "Übertragung abgeschlossen.",
    });
}
