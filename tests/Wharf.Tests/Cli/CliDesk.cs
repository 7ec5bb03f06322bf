using System.Buffers;
using System.Text;
using Wharf.Cli;
using Wharf.Cli.Connections;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Support;

namespace Wharf.Tests.Cli;

/// <summary>The program run inside the test: servers are memory, the clock stands, and nobody is asked unless the test answers.</summary>
internal sealed class CliDesk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wharf-cli-");

    public CliDesk()
    {
        Clock = new ManualClock();
        Files = new Memory(Clock);
    }

    public ManualClock Clock { get; }

    /// <summary>What every server has.</summary>
    public IFileSystem Files { get; set; }

    public string Folder => _folder.FullName;

    public Dictionary<string, string> Variables { get; } = [];

    public IQuestions Questions { get; set; } = new NobodyToAsk();

    public Screen Screen { get; set; } = Screen.None;

    public Func<Stream> Input { get; set; } = () => new MemoryStream();

    /// <summary>The options of each source that was made.</summary>
    public List<(RemoteUrl Url, RemoteOptions Options)> Opened { get; } = [];

    /// <summary>In the place of memory, for tests of connections.</summary>
    public Func<RemoteUrl, RemoteOptions, RemoteSource>? Open { get; set; }

    /// <summary>In the place of an editor.</summary>
    public Func<string, CancellationToken, Task>? OpenEditor { get; set; }

    public Task<CliResult> RunAsync(params string[] arguments) => RunUntilAsync(TestContext.Current.CancellationToken, arguments);

    /// <summary>What verbs are made with that are only looked at.</summary>
    public static Surroundings Around() => new()
    {
        Output = Stream.Null,
        Errors = TextWriter.Null,
        Input = () => Stream.Null,
        Descriptor = _ => Stream.Null,
        Variable = _ => null,
        Home = "/",
        Screen = Screen.None,
        Questions = new NobodyToAsk(),
    };

    /// <summary>The same, to be interrupted.</summary>
    public async Task<CliResult> RunUntilAsync(CancellationToken interrupt, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter();
        var code = await WharfProgram.RunAsync(
            arguments,
            new Surroundings
            {
                Output = output,
                Errors = errors,
                Input = Input,
                Descriptor = number => new MemoryStream(Encoding.UTF8.GetBytes($"secret-of-{number}\nmore")),
                Variable = Variables.GetValueOrDefault,
                Home = Folder,
                Screen = Screen,
                Questions = Questions,
                OpenEditor = OpenEditor,
                Clock = Clock,
                Open = (url, options) =>
                {
                    Opened.Add((url, options));
                    return Open?.Invoke(url, options) ?? new RemoteSource(url, options, new RemoteParts { Files = url.Scheme == RemoteScheme.File ? null : Files });
                },
            },
            interrupt);
        return new CliResult(code, FileNames.Decode(output.ToArray()), errors.ToString());
    }

    /// <summary>Puts a file there, and the directories above it.</summary>
    public async Task WriteAsync(string path, string content = "x", IFileSystem? files = null)
    {
        files ??= Files;
        var at = VirtualPath.Parse(path);
        await MakeAsync(at.Parent, files);
        await using var file = await files.OpenAsync(at, OpenMode.Replace, TestContext.Current.CancellationToken);
        await file.WriteAsync(0, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(content)), TestContext.Current.CancellationToken);
        await file.CommitAsync(replace: true, durable: false, TestContext.Current.CancellationToken);
    }

    public async Task MakeAsync(string path) => await MakeAsync(VirtualPath.Parse(path), Files);

    public async Task<bool> HasAsync(string path) =>
        await Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Self, TestContext.Current.CancellationToken) is not null;

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task MakeAsync(VirtualPath path, IFileSystem files)
    {
        if (!path.IsRoot && await files.StatAsync(path, LinkHandling.Follow, TestContext.Current.CancellationToken) is null)
        {
            await MakeAsync(path.Parent, files);
            await files.MakeDirectoryAsync(path, null, TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>What the program did.</summary>
internal sealed record CliResult(ExitCode Code, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
