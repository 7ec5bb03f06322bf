using System.Text;

namespace Wharf.Ssh.Configuration;

/// <summary>What stands for something else in values of ssh_config(5): %h and its like, and ${NAME}.</summary>
internal static class Tokens
{
    /// <summary>Replaces % with a letter; "%%" is one.</summary>
    /// <param name="text">The value.</param>
    /// <param name="meaning">What a letter stands for; null for nothing.</param>
    /// <exception cref="FormatException">A letter stands for nothing, or a % stands at the end.</exception>
    public static string Expand(string text, Func<char, string?> meaning)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var expanded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                expanded.Append(text[i]);
                continue;
            }

            char token = ++i < text.Length ? text[i] : throw new FormatException("a % stands at the end");
            expanded.Append(token == '%' ? "%" : meaning(token) ?? throw new FormatException($"%{token} stands for nothing here"));
        }

        return expanded.ToString();
    }

    /// <summary>Replaces ${NAME} by the environment's.</summary>
    /// <exception cref="FormatException">There is no such variable, or no closing brace.</exception>
    public static string ExpandVariables(string text, Func<string, string?> variable)
    {
        int at;
        while ((at = text.IndexOf("${", StringComparison.Ordinal)) >= 0)
        {
            int end = text.IndexOf('}', at);
            string name = end < 0 ? throw new FormatException("a ${ is not closed") : text[(at + 2)..end];
            string value = variable(name) ?? throw new FormatException($"there is no variable {name}");

            // A value with "${" in it is not looked into again.
            return text[..at] + value + ExpandVariables(text[(end + 1)..], variable);
        }

        return text;
    }
}
