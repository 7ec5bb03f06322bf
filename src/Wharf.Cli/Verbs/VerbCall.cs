using Wharf.Cli.Connections;
using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>One run of a verb: what was typed, and all of the world that it may use.</summary>
internal sealed class VerbCall
{
    private readonly Outcome _outcome = new();

    /// <summary>What was typed behind it.</summary>
    public required Words Words { get; init; }

    /// <summary>The words behind the verb as they were typed, to say how it can be done again; empty where nobody typed them.</summary>
    public IReadOnlyList<string> Typed { get; init; } = [];

    /// <summary>Words that it takes besides to go on where this one was interrupted.</summary>
    public List<string> ToResume { get; } = [];

    /// <summary>Has somebody change a file of this machine in an editor, and waits until it is closed; null where there is none.</summary>
    public Func<string, CancellationToken, Task>? OpenEditor { get; init; }

    /// <summary>Turns words into places.</summary>
    public required IPlaces Places { get; init; }

    /// <summary>Standard output: what was asked for.</summary>
    public required Output Output { get; init; }

    /// <summary>Standard error: what else there is to say.</summary>
    public required Notices Notices { get; init; }

    /// <summary>Standard input, opened when it is first used.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Somebody to ask, if there is anybody.</summary>
    public required IQuestions Questions { get; init; }

    /// <summary>What it is shown on.</summary>
    public required Screen Screen { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Whether every line of output is a JSON object.</summary>
    public bool IsJson => Words.Has(OutputOptions.Json);

    /// <summary>The verb's exit code, from what failed and what did not.</summary>
    public ExitCode ExitCode => _outcome.ExitCode;

    /// <summary>One item is done.</summary>
    public void Done() => _outcome.Done();

    /// <summary>One item is done that has nothing to show; with --json it is told.</summary>
    /// <param name="verb">By whom.</param>
    /// <param name="path">Which.</param>
    /// <param name="target">The second path, where there is one.</param>
    /// <param name="cancel">Ends it.</param>
    public async ValueTask DoneAsync(string verb, string path, string? target, CancellationToken cancel)
    {
        _outcome.Done();
        if (IsJson)
        {
            await Output.JsonAsync(DoneLine.Of(verb, path, target), JsonLines.Default.DoneLine, cancel);
        }
    }

    /// <summary>
    /// Does something for each place that the words mean, patterns expanded. What fails is told and the others go on; where the way to the
    /// server failed, they could only fail too, and it is thrown.
    /// </summary>
    /// <param name="words">As they were typed.</param>
    /// <param name="act">For each.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="ignoresMissing">Whether a pattern may fit nothing.</param>
    public async Task EachAsync(IEnumerable<string> words, Func<Place, Task> act, CancellationToken cancel, bool ignoresMissing = false)
    {
        foreach (var place in words.Select(Places.There).ToArray())
        {
            try
            {
                await foreach (var one in Expansion.ExpandAsync(place, cancel))
                {
                    await TryAsync(one, act);
                }
            }
            catch (RemoteException none) when (ignoresMissing && none.Error == RemoteError.NotFound)
            {
                continue;
            }
            catch (RemoteException failure) when (!Faults.EndsAll(failure))
            {
                await FailedAsync(failure, place);
            }
        }
    }

    /// <summary>Nothing has that name.</summary>
    public static RemoteException Missing(Place place) =>
        new(RemoteError.NotFound, $"There is no such file or directory: {FileNames.ForDisplay(place.Text)}") { Path = place.Path };

    private async Task TryAsync(Place place, Func<Place, Task> act)
    {
        try
        {
            await act(place);
        }
        catch (RemoteException failure) when (!Faults.EndsAll(failure))
        {
            await FailedAsync(failure, place);
        }
    }

    /// <summary>One item failed: it is told at once, and counted.</summary>
    public async ValueTask FailedAsync(RemoteException failure, Place? place = null)
    {
        _outcome.Failed(failure);
        await Faults.TellAsync(failure, place, Output, Notices, IsJson);
    }
}
