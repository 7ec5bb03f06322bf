using Wharf.Cli.Connections;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>open: goes to another server, or to a bookmark.</summary>
internal sealed class Open(Shell shell) : Verb("open", "goes to a server or bookmark")
{
    private static readonly Option<string> UserOption = new("--user", "NAME[,PASSWORD]", "Whom to log in, as lftp has it.", Values.Name) { Letters = "u" };
    private static readonly Option<int> Port = new("--port", "N", "The port.", Values.Count) { Letters = "p" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "Where; a bookmark's name; or a host, with the scheme of what is open."), new("PORT", "As ftp has it.", Completion.Nothing) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [UserOption, Port, .. ConnectionOptions.All];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("open sftp://host/srv", "what was open is left"), new("open work", "a bookmark")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string text = call.Words.Arguments[0];
        var words = ConnectionOptions.All.Any(call.Words.Has) ? call.Words : null;
        var bookmark = TypedUrl.IsUrl(text) ? null : (await shell.Settings.ReadAsync(cancel)).Find(text);
        if (bookmark is not null)
        {
            text = bookmark.Url;
            words = bookmark.With(call.Words);
        }
        else if (!TypedUrl.IsUrl(text))
        {
            text = $"{shell.Server?.Source.Url.SchemeName ?? "ftp"}://{text}";
        }

        string? file = await shell.OpenAsync(TypedUrl.Parse(Complete(text, call.Words)), words, cancel);
        if (bookmark?.Local is { } local && Directory.Exists(local))
        {
            shell.LocalDirectory = local;
        }

        if (file is not null)
        {
            call.Notices.Say($"{FileNames.ForDisplay(file)} is a file; this is its directory.");
        }

        return ExitCode.Done;
    }

    private static string Complete(string url, Words words)
    {
        int authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        int slash = url.IndexOf('/', authority);
        string host = slash < 0 ? url[authority..] : url[authority..slash], path = slash < 0 ? "" : url[slash..];
        if (words.Has(Port) || words.Arguments.Count > 1)
        {
            host += ":" + (words.Arguments.Count > 1 ? words.Arguments[1] : words.Get(Port, 0).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (words.Get(UserOption) is { } login)
        {
            string[] parts = login.Split(',', 2);
            host = string.Join(':', parts.Select(Uri.EscapeDataString)) + "@" + host[(host.LastIndexOf('@') + 1)..];
        }

        return url[..authority] + host + path;
    }
}

/// <summary>close: leaves the server.</summary>
internal sealed class Close(Shell shell) : Verb("close", "leaves the server")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("close", "jobs go on")];

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        shell.Close();
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>user: logs in as somebody else at the same server.</summary>
internal sealed class User(Shell shell) : Verb("user", "logs in as somebody else")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("NAME", "Who.", Completion.Nothing), new("PASSWORD", "Better not typed here: it is asked for.", Completion.Nothing) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("user anna", "asks for the password")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        _ = ((ShellPlaces)call.Places).Server;
        await shell.ReopenAsync(call.Words.Arguments[0], call.Words.Arguments.Count > 1 ? call.Words.Arguments[1] : null, cancel);
        return ExitCode.Done;
    }
}
