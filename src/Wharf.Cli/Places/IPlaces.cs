namespace Wharf.Cli.Places;

/// <summary>
/// Says what words mean. The program reads URLs and paths of this machine; the shell, which has a server open and a directory there and here,
/// reads paths as seen from these. Nothing is connected by asking.
/// </summary>
internal interface IPlaces
{
    /// <summary>Where a verb works: a URL; in the shell a path of the server, in the program one of this machine.</summary>
    /// <exception cref="Syntax.UsageException">It is none.</exception>
    Place There(string text);

    /// <summary>A path of this machine; a URL all the same.</summary>
    /// <exception cref="Syntax.UsageException">It is none.</exception>
    Place Here(string text);

    /// <summary>A second path, on the same source as the first unless it is a URL: a new name.</summary>
    /// <exception cref="Syntax.UsageException">It is none.</exception>
    Place Beside(Place first, string text);
}
