namespace Wharf.Cli.Shell.Editing;

/// <summary>Knows how a line may go on.</summary>
internal interface ICompleter
{
    /// <summary>
    /// What may stand at the caret. May take its time (a listing of a server): the person types on meanwhile, and the first key
    /// cancels. What cannot be found out is <see cref="Completion.None"/>; only cancellation is thrown.
    /// </summary>
    /// <param name="line">The whole line.</param>
    /// <param name="caret">Where in it.</param>
    /// <param name="cancel">The answer is not wanted any more.</param>
    ValueTask<Completion> CompleteAsync(string line, int caret, CancellationToken cancel);
}

/// <summary>What a candidate is.</summary>
internal enum CandidateKind
{
    Other,
    Command,
    Option,
    File,
    Folder,
    Bookmark,
    Host,
}

/// <summary>One way a line may go on.</summary>
/// <param name="Text">What comes into the replaced range, quoted as the line needs it, an opening quote with it, a closing one not.</param>
/// <param name="Display">How it is listed; fit for a screen.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Ending">What comes behind it when it is the only one: a closing quote and a space, a slash, nothing.</param>
internal sealed record Candidate(string Text, string Display, CandidateKind Kind, string Ending = " ");

/// <summary>All the ways a line may go on, and what of it they replace.</summary>
/// <param name="Start">Where the replaced range begins in the line.</param>
/// <param name="Length">Its length; it ends at the caret or behind it.</param>
/// <param name="Candidates">In the order they are listed.</param>
internal sealed record Completion(int Start, int Length, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>Nothing is known.</summary>
    public static Completion None { get; } = new(0, 0, []);
}
