using Wharf.Cli.Connections;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Places;

/// <summary>What words mean on a command line: URLs, else paths of this machine, whose patterns the shell there has expanded already.</summary>
internal sealed class CommandLinePlaces(Sources sources) : IPlaces
{
    /// <inheritdoc/>
    public Place There(string text) =>
        text.Length == 0 ? throw new UsageException("URL is missing, such as sftp://host/path.")
        : TypedUrl.IsUrl(text) ? sources.Place(TypedUrl.Parse(text))
        : sources.Local(text);

    /// <inheritdoc/>
    public Place Here(string text) => There(text);

    /// <inheritdoc/>
    public Place Beside(Place first, string text) =>
        TypedUrl.IsUrl(text) || first.IsLocal ? There(text) : new Place(first.Source, PathPattern.Escape(text), text);
}
