using Wharf.Cli.Connections;
using Wharf.Cli.Places;
using Wharf.Cli.Shell.Jobs;
using Wharf.Cli.Shell.Settings;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell;

/// <summary>
/// What lasts from one command to the next: the server that is open, a directory there and one here, jobs, and what was switched on and off.
/// Commands that run in the foreground change it, one at a time; jobs only read it.
/// </summary>
internal sealed class Shell : IAsyncDisposable
{
    /// <summary>How often somebody may type a password for FTP, as ssh has it.</summary>
    private const int MostLogins = 3;

    private readonly Surroundings _around;
    private readonly Words _words;
    private readonly bool _quiet;
    private readonly List<Sources> _all = [];
    private readonly GivenPasswords _given = new();
    private Sources _sources;
    private Words _openWords;

    /// <param name="around">The machine.</param>
    /// <param name="words">The options that the shell was begun with: they hold for each connection.</param>
    /// <param name="io">Where commands write.</param>
    public Shell(Surroundings around, Words words, ShellIo io)
    {
        Turns = new QuestionTurns(around.Questions);
        _around = around with { Questions = Turns, Open = (url, options) => around.Open(url, Adjust(options)) };
        (_words, _openWords, Io) = (words, words, io);
        _quiet = words.Has(Verbs.OutputOptions.Quiet);
        LocalDirectory = Environment.CurrentDirectory;
        Settings = new SettingsFile(around.Variable, around.Home);
        _sources = MakeSources(words);
        Jobs = new JobList();
        Queue = new JobQueue(Jobs);
    }

    /// <summary>Where commands in the foreground write.</summary>
    public ShellIo Io { get; set; }

    /// <summary>Where those write that run beside; null: as all others.</summary>
    public ShellIo? Beside { get; set; }

    /// <summary>The machine.</summary>
    public Surroundings Around => _around;

    /// <summary>Who has the terminal: the line that is typed, or a question.</summary>
    public QuestionTurns Turns { get; }

    /// <summary>What is open; null for nothing.</summary>
    public Server? Server { get; private set; }

    /// <summary>The local directory.</summary>
    public string LocalDirectory { get; set; }

    /// <summary>The local directory before: "lcd -".</summary>
    public string? PreviousLocal { get; set; }

    /// <summary>What runs beside.</summary>
    public JobList Jobs { get; }

    /// <summary>What waits for its turn.</summary>
    public JobQueue Queue { get; }

    /// <summary>Bookmarks and sites.</summary>
    public SettingsFile Settings { get; }

    /// <summary>Whether progress is shown.</summary>
    public bool ShowsProgress { get; set; } = true;

    /// <summary>Whether FTP servers make the data connections; null as it was asked for at the beginning.</summary>
    public bool? Active { get; set; }

    /// <summary>FTP's transmission mode; null for the library's.</summary>
    public Ftp.Client.FtpMode? Mode { get; set; }

    /// <summary>Whether FTP's files are copied as text.</summary>
    public bool IsText { get; set; }

    /// <summary>Whether the shell ends behind this command.</summary>
    public bool IsFinished { get; set; }

    /// <summary>What it ends with; null for what its commands came to.</summary>
    public ExitCode? ExitCode { get; set; }

    /// <summary>For URLs in commands.</summary>
    public Sources Sources => _sources;

    /// <summary>Notices of the foreground.</summary>
    public Notices Notices(ShellIo io, Words? words = null) =>
        new(io.Errors, _quiet || (words is not null && words.Has(Verbs.OutputOptions.Quiet)), prefix: "");

    /// <summary>Opens a server; what was open stays so until the new one answers. A URL that names a file leads to its directory.</summary>
    /// <param name="url">Where.</param>
    /// <param name="own">Options beside those that the shell was begun with; null for none.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The file that the URL named; null where it named a directory.</returns>
    /// <exception cref="RemoteException">It cannot be reached, or there is no such directory.</exception>
    public async Task<string?> OpenAsync(TypedUrl url, Words? own, CancellationToken cancel)
    {
        var words = own is null || own == _words ? _words : own.Over(_words);
        var sources = MakeSources(words);
        try
        {
            var place = sources.Place(url);
            var home = await HomeAsync(place.Source, cancel);
            var at = home.Resolve(place.Path);
            string? file = null;
            var entry = await place.Source.StatAsync(at.Value, LinkHandling.Follow, cancel);
            if (entry is { IsDirectory: false })
            {
                file = at.Value;
                at = at.Parent;
            }
            else if (entry is null && place.Path.Length > 0)
            {
                throw new RemoteException(RemoteError.NotFound, $"There is no such directory: {FileNames.ForDisplay(at.Value)}") { Path = at.Value };
            }

            Server = new Server(place.Source, home.Value, at.Value);
            (_sources, _openWords, sources) = (sources, words, null!);
            return file;
        }
        finally
        {
            if (sources is not null)
            {
                _all.Remove(sources);
                await sources.DisposeAsync();
            }
        }
    }

    /// <summary>Opens the same server again, as somebody else or with what was switched, in the same directory where it is there.</summary>
    public async Task ReopenAsync(string? user, string? password, CancellationToken cancel)
    {
        if (Server is not { } server)
        {
            return;
        }

        string directory = server.Directory;
        string text = server.Source.Url.ToString();
        if (user is not null)
        {
            int authority = text.IndexOf("://", StringComparison.Ordinal) + 3;
            int at = text.IndexOf('@', authority);
            text = $"{text[..authority]}{Uri.EscapeDataString(user)}@{text[(at < 0 ? authority : at + 1)..]}";
        }

        var url = TypedUrl.Parse(text);
        if (password is not null)
        {
            _given.Of(url.Server).Type(password);
        }

        _ = await OpenAsync(url, _openWords, cancel);
        if (user is null || await Server!.Source.StatAsync(directory, LinkHandling.Follow, cancel) is { IsDirectory: true })
        {
            Server!.Enter(directory);
        }
    }

    /// <summary>A server once more, over connections of its own that are made in another way. For the caller to dispose.</summary>
    public RemoteSource Apart(RemoteSource source, Func<RemoteOptions, RemoteOptions> change)
    {
        var around = _around with { Open = (url, options) => _around.Open(url, change(options)) };
        return new SourceOptions(_openWords, around, Notices(Io), _given, isRead: true).Open(source.Url, null);
    }

    /// <summary>Leaves the server; jobs that use it go on.</summary>
    public void Close() => Server = null;

    /// <summary>Stops what runs, and closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        await Queue.StopAsync();
        await Jobs.StopAsync();
        foreach (var sources in _all)
        {
            await sources.DisposeAsync();
        }

        Turns.Dispose();
    }

    /// <summary>
    /// Logs in. FTP's servers end the connection where a password was wrong, so a person is asked again before the next one; over SSH they are asked
    /// within the connection.
    /// </summary>
    private async Task<VirtualPath> HomeAsync(RemoteSource source, CancellationToken cancel)
    {
        var given = _given.Of(source.Url);
        for (int tries = 1; ; tries++)
        {
            try
            {
                return (await source.FactsAsync(cancel)).Home;
            }
            catch (RemoteException refused) when (
                refused.Error == RemoteError.Login && source.Url.Scheme != RemoteScheme.Sftp && given.WasAsked && tries < MostLogins)
            {
                given.Refuse();
            }
        }
    }

    private Sources MakeSources(Words words)
    {
        // The program has read the words that it was begun with.
        var sources = new Sources(new SourceOptions(words, _around, Notices(Io), _given, isRead: words == _words));
        _all.Add(sources);
        return sources;
    }

    private RemoteOptions Adjust(RemoteOptions options) => options with
    {
        Ftp = options.Ftp with { Active = Active ?? options.Ftp.Active, Mode = Mode ?? options.Ftp.Mode },
    };
}
