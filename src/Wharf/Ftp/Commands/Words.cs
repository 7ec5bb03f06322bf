using System.Text;

namespace Wharf.Ftp.Commands;

/// <summary>Several names in one argument: apart by spaces, in double quotes where they hold spaces, a quote within them doubled.</summary>
internal static class Words
{
    /// <summary>The names; null where a quote is not closed.</summary>
    public static string[]? Split(string argument)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (int i = 0; i < argument.Length;)
        {
            if (argument[i] == ' ')
            {
                i++;
                continue;
            }

            word.Clear();
            if (argument[i] != '"')
            {
                int end = argument.IndexOf(' ', i);
                end = end < 0 ? argument.Length : end;
                words.Add(argument[i..end]);
                i = end;
                continue;
            }

            for (i++; ; i++)
            {
                if (i >= argument.Length)
                {
                    return null;
                }

                if (argument[i] != '"')
                {
                    word.Append(argument[i]);
                }
                else if (i + 1 < argument.Length && argument[i + 1] == '"')
                {
                    word.Append('"');
                    i++;
                }
                else
                {
                    break;
                }
            }

            i++;
            words.Add(word.ToString());
        }

        return [.. words];
    }
}
