using System.Globalization;
using Wharf.Cli.Terminals;

namespace Wharf.Cli.Shell.Editing;

/// <summary>Shows all candidates below the line, asking first when they are many, page by page when they are more than a screen.</summary>
internal sealed class CompletionList(ITerminalDevice terminal, Func<Task<Key?>> nextKey)
{
    /// <summary>Up to so many candidates are shown without asking; readline's completion-query-items.</summary>
    public const int ShownWithoutAsking = 100;

    private const string More = "--More--";

    /// <summary>Begins at the start of an empty line and ends at the start of one.</summary>
    public async Task ShowAsync(IReadOnlyList<Candidate> candidates)
    {
        if (candidates.Count > ShownWithoutAsking)
        {
            terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Display all {candidates.Count} possibilities? (y or n)"));
            bool wanted = await YesAsync();
            terminal.Write("\n");
            if (!wanted)
            {
                return;
            }
        }

        int room = Math.Max(1, terminal.Rows - 1);
        foreach (string line in CandidateColumns.Lines([.. candidates.Select(candidate => candidate.Display)], terminal.Columns))
        {
            if (room == 0)
            {
                room = await MoreAsync();
                if (room == 0)
                {
                    return;
                }
            }

            terminal.Write(line + "\n");
            room--;
        }
    }

    private static bool IsNo(Key key) => key switch
    {
        { Code: KeyCode.Backspace or KeyCode.Escape } => true,
        { Code: KeyCode.Text, Modifiers: KeyModifiers.None, Text: "n" or "N" or "q" or "Q" } => true,
        { Code: KeyCode.Text, Modifiers: KeyModifiers.Ctrl, Text: "c" or "g" or "d" } => true,
        _ => false,
    };

    private async Task<bool> YesAsync()
    {
        while (await nextKey() is { } key && !IsNo(key))
        {
            if (key is { Code: KeyCode.Tab } or { Code: KeyCode.Text, Modifiers: KeyModifiers.None, Text: "y" or "Y" or " " })
            {
                return true;
            }

            terminal.Write("\a");
        }

        return false;
    }

    /// <summary>How many lines more; 0 for none.</summary>
    private async Task<int> MoreAsync()
    {
        terminal.Write(More);
        int room = 0;
        while (room == 0 && await nextKey() is { } key && !IsNo(key))
        {
            room = key switch
            {
                { Code: KeyCode.Enter or KeyCode.Down } => 1,
                { Code: KeyCode.Tab or KeyCode.PageDown } or { Code: KeyCode.Text, Text: " " or "y" or "Y" } => Math.Max(1, terminal.Rows - 1),
                _ => 0,
            };
        }

        terminal.Write("\r\e[K");
        return room;
    }
}
