using Wharf.Cli.Syntax;

namespace Wharf.Cli.Shell.Commands;

/// <summary>Which of the words behind get and put are sources, and which is the target.</summary>
/// <param name="Sources">From.</param>
/// <param name="Target">To; null where none was given.</param>
/// <param name="TargetIsDirectory">Whether it was said to be a directory.</param>
internal sealed record TransferWords(IReadOnlyList<string> Sources, string? Target, bool TargetIsDirectory)
{
    public static TransferWords Of(Words words)
    {
        var arguments = words.Arguments;
        string? directory = words.Get(TransferFlags.Into), name = words.Get(TransferFlags.As);
        if (directory is not null || name is not null)
        {
            return new(arguments, (directory, name) is ({ } into, { } file) ? Places.Place.Join(into, file) : directory ?? name, name is null);
        }

        return words.Has(TransferFlags.Many) || arguments.Count == 1
            ? new(arguments, null, false)
            : new([.. arguments.Take(arguments.Count - 1)], arguments[^1], false);
    }
}
