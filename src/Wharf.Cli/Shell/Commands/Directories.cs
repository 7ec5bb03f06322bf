using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>cd: changes the server's directory, which must be there.</summary>
internal sealed class Cd() : Verb("cd", "changes the directory at the server")
{
    /// <summary>Links on the way to a directory, as Linux has it (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("DIRECTORY", "Where; without one where the login began, - where it was before.") { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("cd /srv/www", "from the root"), new("cd -", "back again")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var places = (ShellPlaces)call.Places;
        var server = places.Server;
        string text = call.Words.Arguments is [{ Length: > 0 } given] ? given : "";
        var place = text switch
        {
            "" => new Place(server.Source, PathPattern.Escape(server.Start), server.Start),
            "-" => new Place(server.Source, PathPattern.Escape(server.Previous), server.Previous),
            _ => places.There(text),
        };
        if (!ReferenceEquals(place.Source, server.Source))
        {
            throw new UsageException("That is on another server: open goes there.");
        }

        // A pattern that fits one directory is as good as its name.
        var fit = place;
        if (place.IsPattern)
        {
            await foreach (var one in Expansion.ExpandAsync(place, cancel))
            {
                fit = one;
                break;
            }
        }

        string path = server.IsSftp ? await PhysicalAsync(server, fit.Path, cancel) : VirtualPath.Parse(fit.Path).Value;
        var entry = await server.Source.StatAsync(path, LinkHandling.Follow, cancel) ?? throw VerbCall.Missing(fit);
        if (!entry.IsDirectory)
        {
            throw new RemoteException(RemoteError.Io, $"It is no directory: {FileNames.ForDisplay(fit.Text)}") { Path = path };
        }

        server.Enter(path);
        return ExitCode.Done;
    }

    /// <summary>
    /// Where a path leads with its links followed, as sftp has it by REALPATH: "cd link" and then "cd .." is beside what the link leads to. What lies
    /// above the directory of now has none any more.
    /// </summary>
    private static async Task<string> PhysicalAsync(Server server, string path, CancellationToken cancel)
    {
        var known = VirtualPath.Parse(server.Directory);
        var at = VirtualPath.Root;
        var rest = new Stack<string>(path.Split('/').Reverse());
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part is "" or "." or "..")
            {
                at = part == ".." ? at.Parent : at;
                continue;
            }

            var next = at.Append(part);
            if (!known.IsWithin(next) && await server.Source.StatAsync(next.Value, LinkHandling.Self, cancel) is { IsLink: true })
            {
                if (++links > MostLinks)
                {
                    throw new RemoteException(RemoteError.Io, $"Too many links lead to each other: {FileNames.ForDisplay(path)}") { Path = path };
                }

                string text = await server.Source.ReadLinkAsync(next.Value, cancel);
                at = text.StartsWith('/') ? VirtualPath.Root : at;
                foreach (string behind in text.Split('/').Reverse())
                {
                    rest.Push(behind);
                }
            }
            else
            {
                at = next;
            }
        }

        return at.Value;
    }
}

/// <summary>pwd: shows the server's directory.</summary>
internal sealed class Pwd() : Verb("pwd", "shows the directory at the server")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("WORD", "Nothing; sftp takes it.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("pwd", "where am I?")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.Output.LineAsync("Remote working directory: " + call.Output.Name(((ShellPlaces)call.Places).Directory), cancel);
        return ExitCode.Done;
    }
}

/// <summary>lcd: changes the local directory.</summary>
internal sealed class Lcd(Shell shell) : Verb("lcd", "changes the directory here")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("DIRECTORY", "Where; without one the home directory.", Completion.Here) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("lcd ~/site", "for what follows")];

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string text = call.Words.Arguments is [{ Length: > 0 } given] ? given : "";
        string path = text switch
        {
            "" => shell.Around.Home,
            "-" => shell.PreviousLocal ?? shell.LocalDirectory,
            _ => call.Places.Here(text).Path,
        };
        if (!Directory.Exists(path))
        {
            throw new RemoteException(
                RemoteError.NotFound,
                $"Couldn't change local directory to \"{FileNames.ForDisplay(text)}\": {(File.Exists(path) ? "it is no directory" : "there is none")}");
        }

        (shell.PreviousLocal, shell.LocalDirectory) = (shell.LocalDirectory, path.Length > 1 ? path.TrimEnd('/') : path);
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>lpwd: shows the local directory.</summary>
internal sealed class Lpwd() : Verb("lpwd", "shows the directory here")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("WORD", "Nothing; sftp takes it.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("lpwd", "where are files fetched to?")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.Output.LineAsync("Local working directory: " + call.Output.Name(((ShellPlaces)call.Places).Local), cancel);
        return ExitCode.Done;
    }
}

/// <summary>lmkdir: makes a local directory.</summary>
internal sealed class Lmkdir() : Verb("lmkdir", "makes a directory here")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("DIRECTORY", "Its name; what is above it is there.", Completion.Here) { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("lmkdir new", "in the local directory")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        foreach (string word in call.Words.Arguments)
        {
            var place = call.Places.Here(word);
            try
            {
                await place.Source.MakeDirectoryAsync(place.Path, cancel);
                call.Done();
            }
            catch (RemoteException failure)
            {
                await call.FailedAsync(failure, place);
            }
        }

        return call.ExitCode;
    }
}

/// <summary>lls: shows local files by the machine's own ls, whose options it takes.</summary>
internal sealed class Lls(Shell shell) : Verb("lls", "shows files here, by this machine's ls")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("WORD", "An option of ls, or a path.", Completion.Here) { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("lls -lt", "the newest first")];

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var places = (ShellPlaces)call.Places;
        string program = OperatingSystem.IsWindows() ? "dir" : "ls";
        string line = string.Join(' ', call.Words.Arguments.Select(word => ForShell(places.PatternOf(word))).Prepend(program));
        return LocalShell.RunAsync(line, shell, new ShellIo(call.Output, shell.Io.Errors, call.Screen), cancel);
    }

    /// <summary>Quoted but for wildcards, so that the machine's shell expands what was a pattern and nothing else.</summary>
    private static string ForShell(string pattern)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            bool escaped = pattern[i] == '\\' && i + 1 < pattern.Length;
            char c = pattern[escaped ? ++i : i];
            bool plain = char.IsLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or ',' or '@' or ':' or '%' || c > '\x7f';
            _ = plain || (!escaped && c is '*' or '?' or '[' or ']') || (i == 0 && c == '~') ? text.Append(c) : c == '\n' ? text.Append("'\n'") : text.Append('\\').Append(c);
        }

        return text.Length > 0 ? text.ToString() : "''";
    }
}
