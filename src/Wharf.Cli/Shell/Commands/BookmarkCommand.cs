using Wharf.Cli.Connections;
using Wharf.Cli.Shell.Settings;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>bookmark: places with names, kept in the settings file.</summary>
internal sealed class BookmarkCommand(Shell shell) : Verb("bookmark", "keeps places by name")
{
    private static readonly Option<string> Local = new("--local", "DIRECTORY", "The local directory that belongs to it.", Values.Name) { Completes = Completion.Here };
    private static readonly Flag Password = new("--password", "Keeps the URL's password too, readable by whoever reads your files.");

    /// <inheritdoc/>
    public override string Details => "Options of connections behind the URL are kept with it and used by open.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("ACTION", "add, del or list.", Completion.Choice) { Least = 0 }, new("NAME", "Of the place.", Completion.Nothing) { Least = 0 },
        new("URL", "Where; without one what is open now.") { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Local, Password, .. ConnectionOptions.All];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("bookmark add work", "the server and directory of now"), new("bookmark add web sftp://host/srv --identity ~/.ssh/web", "with its key"), new("open work", "goes there"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var settings = await shell.Settings.ReadAsync(cancel);
        switch (call.Words.Arguments.ToArray())
        {
            case [] or ["list"]:
                foreach (var (name, bookmark) in settings.Bookmarks)
                {
                    string options = bookmark.Options.Count > 0 ? " " + string.Join(' ', bookmark.Options) : "";
                    await call.Output.LineAsync(call.Output.Name($"{name,-15} {RemoteUrl.Parse(bookmark.Url)}{options}"), cancel);
                }

                return ExitCode.Done;
            case ["add", var name, .. var rest]:
                settings.Bookmarks[name] = Make(call, rest.Length > 0 ? rest[0] : null);
                break;
            case ["del" or "delete", var name]:
                if (!settings.Bookmarks.Remove(name))
                {
                    throw new UsageException($"there is no bookmark {FileNames.ForDisplay(name)}.");
                }

                break;
            default:
                throw new UsageException("possible is add NAME [URL], del NAME or list.");
        }

        await shell.Settings.WriteAsync(settings, cancel);
        return ExitCode.Done;
    }

    private static Bookmark Make(VerbCall call, string? text)
    {
        var options = new List<string>();
        foreach (var option in ConnectionOptions.All.Where(call.Words.Has))
        {
            string[] values = option switch
            {
                Option<string> texts => [.. call.Words.All(texts)],
                Option<int> number => [call.Words.Get(number, 0).ToString(System.Globalization.CultureInfo.InvariantCulture)],
                Option<long> bytes => [call.Words.Get(bytes, 0).ToString(System.Globalization.CultureInfo.InvariantCulture)],
                Option<TimeSpan> time => [call.Words.Get(time, TimeSpan.Zero).TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)],
                _ => [],
            };
            options.AddRange(values.Length == 0 ? [option.Name] : values.SelectMany(value => new[] { option.Name, value }));
        }

        var places = (ShellPlaces)call.Places;
        string url = text ?? places.Server.Source.Url.ToString();
        if (text is null)
        {
            string directory = string.Join('/', places.Directory.Split('/').Select(static part => Uri.EscapeDataString(part)));
            url = url.TrimEnd('/') + (places.Server.IsFtp ? "/%2F" + directory.TrimStart('/') : directory);
        }

        var parsed = RemoteUrl.Parse(url);
        return new Bookmark
        {
            Url = parsed.Password is not null && !call.Words.Has(Password) ? parsed.ToString() : url,
            Options = options,
            Local = call.Words.Get(Local) is { } local ? call.Places.Here(local).Path : null,
        };
    }
}
