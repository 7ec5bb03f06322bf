using System.Collections.Frozen;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// Names of months as "ls" has them under the locales that servers were seen to run in. What two languages share means the
/// same month in both; Croatian, where that is not so, is left out.
/// </summary>
internal static class Months
{
    private const int LongestName = 10;

    private static readonly string[] Rows =
    [
        "jan january januar jän janv ene gen sty led янв tammi ιαν",
        "feb february februar févr fév fev lut úno фев helmi φεβ",
        "mar march märz mär mrz mars mrt bře март maalis μαρ márc",
        "apr april avr abr kwi dub апр huhti απρ ápr",
        "may mai mei maj mag maio kvě май мая touko μαϊ máj",
        "jun june juni juin giu cze čen июн kesä ιουν ιουνίου jún",
        "jul july juli juil lug lip čec июл heinä ιουλ júl",
        "aug august août aoû ago sie srp авг elo αυγ",
        "sep sept september set wrz zář сен syys σεπ szept",
        "oct october okt oktober ott out paź říj окт loka οκτ",
        "nov november lis ноя marras νοε",
        "dec december dez dezember déc dic gru pro дек joulu δεκ des",
    ];

    private static readonly FrozenDictionary<string, int> ByName = Rows
        .SelectMany((row, index) => row.Split(' ').Select(name => (name, Month: index + 1)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.Month, StringComparer.Ordinal);

    /// <summary>The month of that name, 1 to 12; 0 where it is none. Case does not count, nor a dot or comma behind it.</summary>
    public static int Find(ReadOnlySpan<char> word)
    {
        word = word.TrimEnd(".,");
        if (word.IsEmpty || word.Length > LongestName)
        {
            return 0;
        }

        // "1月" of Japanese and Chinese, "1월" of Korean.
        if (word[^1] is '\u6708' or '\uC6D4')
        {
            return ListedNumber.Read(word[..^1], 1, 12, out int number) ? number : 0;
        }

        Span<char> name = stackalloc char[LongestName];
        for (int i = 0; i < word.Length; i++)
        {
            // A byte that is not UTF-8 is a letter of Latin 1 where it stands in the name of a month.
            name[i] = char.ToLowerInvariant(word[i] is >= '\uDC80' and <= '\uDCFF' ? (char)(word[i] - '\uDC80' + 0x80) : word[i]);
        }

        return ByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..word.Length], out int month) ? month : 0;
    }
}
