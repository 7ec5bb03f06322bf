using System.Globalization;
using Wharf.Cli.Connections;
using Wharf.Cli.Moves;
using Wharf.Cli.Places;
using Wharf.Cli.Shell.Completing;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;

namespace Wharf.Cli.Shell.Commands;

/// <summary>
/// What get and put share: the program's copies by the rules of sftp. A pattern that fits one file may give it a new name, a new file gets its source's
/// permissions, and nothing but the file itself is made at the other end.
/// </summary>
internal abstract class TransferCommand(Shell shell, string name, string summary, int segments) : Verb(name, summary)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => TransferFlags.All;

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) => $"Interrupted. To go on: re{Name} {string.Join(' ', Again(call))}";

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = TransferWords.Of(call.Words);
        bool isText = shell is { IsText: true, Server.IsFtp: true };
        await using var apart = new SourcesApart(shell, call.Words.Get(ConnectionOptions.LimitRate, 0), isText);
        if (isText && call.Words.Has(TransferFlags.Resume))
        {
            throw new UsageException("text cannot be continued, since the server counts its bytes in another way: binary, or the whole of it.");
        }

        var places = (ShellPlaces)call.Places;
        string target = words.Target is null ? "." : words.TargetIsDirectory ? words.Target.TrimEnd('/') + "/" : words.Target;
        var rules = new CopyRules(TransferFlags.Of(call.Words, segments) with { KeepUnfinished = !isText }, call.Words.Has(TransferFlags.Recursive))
        {
            CountsFits = true,
            MakesTarget = false,
            NamesServers = false,
            Around = (item, copy, stop) => AroundAsync(call.Words, item, copy, stop),
        };
        return await new Copying(call, Name, rules).RunAsync(
            [.. words.Sources.Select(word => apart.Of(From(places, word)))], apart.Of(To(places, target)), cancel);
    }

    /// <summary>What a word means that is copied.</summary>
    protected abstract Place From(ShellPlaces places, string word);

    /// <summary>What a word means that is copied to.</summary>
    protected abstract Place To(ShellPlaces places, string word);

    private static async Task AroundAsync(Words words, CopiedItem item, Func<Task> copy, CancellationToken cancel)
    {
        await (words.Has(TransferFlags.Preserve) ? copy() : NewFileMode.CopyAsync(item.Entry, item.Target, item.To, copy, cancel));
        if (words.Has(TransferFlags.Remove) && item.Entry.IsFile)
        {
            await item.From.Source.DeleteAsync(item.From.Path, recursive: false, cancel);
        }
    }

    /// <summary>The words that go on, as they can be typed.</summary>
    private static IEnumerable<string> Again(VerbCall call)
    {
        foreach (var option in TransferFlags.All.Where(option => option != TransferFlags.Resume && call.Words.Has(option)))
        {
            yield return option.ToString();
            if (option is Option<string> text)
            {
                yield return Quoting.Write(call.Words.Get(text)!, '\0');
            }
            else if (option is Option<int> number)
            {
                yield return call.Words.Get(number, 0).ToString(CultureInfo.InvariantCulture);
            }
            else if (option is Option<long> bytes)
            {
                yield return call.Words.Get(bytes, 0).ToString(CultureInfo.InvariantCulture);
            }
        }

        foreach (string word in call.Words.Arguments)
        {
            yield return Quoting.WritePattern(((ShellPlaces)call.Places).PatternOf(word));
        }
    }

    /// <summary>The sources of one command that has its own rate, or copies text: they have connections of their own, until it is done.</summary>
    private sealed class SourcesApart(Shell shell, long bytesPerSecond, bool isText) : IAsyncDisposable
    {
        private readonly Dictionary<RemoteSource, RemoteSource> _sources = [];

        public Place Of(Place place)
        {
            bool isTextHere = isText && Server.IsFtpAt(place.Source.Url);
            if (!place.Source.Url.IsRemote || (bytesPerSecond == 0 && !isTextHere))
            {
                return place;
            }

            if (!_sources.TryGetValue(place.Source, out var apart))
            {
                _sources[place.Source] = apart = shell.Apart(place.Source, options => options with
                {
                    DownloadBytesPerSecond = bytesPerSecond > 0 ? bytesPerSecond : options.DownloadBytesPerSecond,
                    UploadBytesPerSecond = bytesPerSecond > 0 ? bytesPerSecond : options.UploadBytesPerSecond,
                    Ftp = options.Ftp with { Text = isTextHere },
                });
            }

            return place with { Source = apart };
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var source in _sources.Values)
            {
                await source.DisposeAsync();
            }
        }
    }
}
