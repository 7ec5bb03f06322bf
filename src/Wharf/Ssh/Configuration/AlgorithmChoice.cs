namespace Wharf.Ssh.Configuration;

/// <summary>Lists of algorithms as ssh_config(5) writes them: a list, or + - ^ before what is added, taken out or preferred.</summary>
internal static class AlgorithmChoice
{
    /// <summary>The names, in order. Names we do not know are left out; with "-", patterns are known.</summary>
    /// <param name="usual">Without a setting.</param>
    /// <param name="known">All that can be named.</param>
    /// <param name="setting">Null for none.</param>
    public static IReadOnlyList<string> Apply(IReadOnlyList<string> usual, IReadOnlyList<string> known, string? setting)
    {
        if (string.IsNullOrEmpty(setting))
        {
            return usual;
        }

        char sign = setting[0];
        string[] names = (sign is '+' or '-' or '^' ? setting[1..] : setting).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] meant = [.. names.SelectMany(name => known.Where(one => sign is '+' or '-' ? Wildcards.Match(name, one) : name == one)).Distinct()];
        return sign switch
        {
            '+' => [.. usual, .. meant.Except(usual)],
            '-' => [.. usual.Except(meant)],
            '^' => [.. meant, .. usual.Except(meant)],
            _ => meant,
        };
    }

    /// <summary>Whether the setting says all of the order by itself.</summary>
    public static bool IsWhole(string? setting) => setting is { Length: > 0 } && setting[0] is not ('+' or '-');
}
