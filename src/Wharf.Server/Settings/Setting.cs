using Wharf.Files;

namespace Wharf.Server.Settings;

/// <summary>One row of <see cref="SettingTable"/>.</summary>
/// <param name="name">Area and name, as --set and later the settings file spell it.</param>
/// <param name="unit">What a plain value counts, or the words that are possible.</param>
/// <param name="default">The default, as it could be written.</param>
/// <param name="possible">What a value may be, in words.</param>
/// <param name="meaning">What it does, one sentence.</param>
/// <param name="apply">The settings with this value; null where the text is no value.</param>
/// <param name="isSecret">Whether a text that is no value may be a secret that was written in the wrong place.</param>
internal sealed class Setting(
    string name, string unit, string @default, string possible, string meaning, Func<ServerSettings, string, ServerSettings?> apply,
    bool isSecret = false)
{
    /// <summary>What is said instead of a secret.</summary>
    public const string Stars = "***";

    public string Name { get; } = name;

    public string Unit { get; } = unit;

    public string Default { get; } = @default;

    public string Possible { get; } = possible;

    public string Meaning { get; } = meaning;

    /// <summary>A row whose values have that form; the default is what <paramref name="get"/> finds in untouched settings.</summary>
    public static Setting Of<T>(
        string name, ValueForm<T> form, Func<ServerSettings, T> get, Func<ServerSettings, T, ServerSettings> set, string meaning) => new(
        name,
        form.Unit,
        form.Write(get(new ServerSettings())),
        form.Possible,
        meaning,
        (settings, text) => form.Parse(text, out var value) ? set(settings, value) : null,
        form.IsSecret);

    /// <summary>The settings with this one set.</summary>
    /// <exception cref="UsageException">The text is no value of this setting.</exception>
    public ServerSettings Apply(ServerSettings settings, string text) =>
        apply(settings, text) ?? throw new UsageException($"Setting {Name} cannot be '{(isSecret ? Stars : FileNames.ForDisplay(text))}': possible is {Possible}.");
}
