using System.Globalization;

namespace Wharf.Cli.Shell.Editing;

/// <summary>
/// What Tab does: it asks, waits a little, and puts in what all candidates have in common; where that is nothing more, the next
/// Tab lists them.
/// </summary>
internal sealed class TabCompletion(EditSession session, LineEditor editor)
{
    private CancellationTokenSource? _wanted;
    private Task<Completion>? _asked;
    private bool _list;

    /// <summary>An answer that is still awaited; the line may be edited meanwhile, which makes it worthless.</summary>
    public Task? Pending => _asked;

    /// <summary>Asks.</summary>
    /// <param name="completer">Whom.</param>
    /// <param name="list">Candidates are listed, should there be several with nothing more in common.</param>
    public async Task BeginAsync(ICompleter completer, bool list)
    {
        await ForgetAsync();
        session.Show();
        _list = list;
        _wanted = CancellationTokenSource.CreateLinkedTokenSource(session.Over);
        _asked = completer.CompleteAsync(session.Buffer.Text, session.Buffer.Caret, _wanted.Token).AsTask();
        if (!_asked.IsCompleted)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(session.Over);
            await Task.WhenAny(_asked, Task.Delay(LineEditor.CompletionPatience, editor.Clock, patience.Token));
            await patience.CancelAsync();
        }

        if (_asked.IsCompleted)
        {
            await ApplyAsync();
        }
    }

    /// <summary>The answer is there.</summary>
    public async Task ApplyAsync()
    {
        var completion = await _asked!;
        bool list = _list;
        await ForgetAsync();
        var candidates = completion.Candidates;
        if (candidates.Count == 0)
        {
            session.Ring();
            return;
        }

        string typed = session.Buffer.Text.Substring(completion.Start, completion.Length);
        string common = candidates.Count == 1 ? candidates[0].Text + candidates[0].Ending : InCommon(candidates);
        if (candidates.Count == 1 || (common != typed && common.Length >= typed.Length))
        {
            session.Buffer.Replace(completion.Start, completion.Length, common);
            session.RingUnless(candidates.Count == 1);
        }
        else if (list)
        {
            await session.ListAsync(candidates);
        }
        else
        {
            session.Ring();
        }
    }

    /// <summary>The answer is not wanted any more.</summary>
    public async Task ForgetAsync()
    {
        if (_asked is not { } asked)
        {
            return;
        }

        _asked = null;
        using var wanted = _wanted!;
        if (!asked.IsCompleted)
        {
            // Nobody waits for how it ends, which may take as long as the server likes; a failure would still be our bug.
            await wanted.CancelAsync();
        }
    }

    private static string InCommon(IReadOnlyList<Candidate> candidates)
    {
        string first = candidates[0].Text;
        int common = first.Length;
        foreach (var candidate in candidates.Skip(1))
        {
            common = Math.Min(common, first.AsSpan(0, common).CommonPrefixLength(candidate.Text));
        }

        // Never half a character.
        int whole = 0;
        while (whole < common)
        {
            int next = whole + StringInfo.GetNextTextElementLength(first, whole);
            if (next > common)
            {
                break;
            }

            whole = next;
        }

        return first[..whole];
    }
}
