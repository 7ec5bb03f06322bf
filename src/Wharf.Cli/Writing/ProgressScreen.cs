using System.Globalization;
using Spectre.Console;
using Wharf.Cli.Listing;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Writing;

/// <summary>
/// Progress that stands on the last lines of a terminal: a line for each of a few files under way, and one for all of them. A picture is written in
/// one piece over the last one, so that nothing flickers, and is taken away at the end. Nothing is drawn of what is over soon.
/// </summary>
internal sealed class ProgressScreen : IStandingLines, IDisposable
{
    /// <summary>Most files that have a line of their own.</summary>
    private const int MostFiles = 4;

    private const int BarCells = 20;

    /// <summary>How long something must take to be worth a picture.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Notices _notices;
    private readonly Screen _screen;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly List<TransferItem> _underWay = [];
    private readonly Dictionary<object, TransferProgress> _running = [];
    private TransferProgress _past;
    private ITimer? _timer;
    private TextWriter? _writer;
    private string _picture = "";
    private int _lines;
    private bool _over;

    public ProgressScreen(Notices notices, Screen screen, TimeProvider clock) => (_notices, _screen, _clock) = (notices, screen, clock);

    /// <summary>A file begins. The first one shows that whoever must be asked has been asked.</summary>
    public void Began(TransferItem item)
    {
        bool first;
        lock (_gate)
        {
            _underWay.Add(item);
            first = _timer is null && !_over;
            if (first)
            {
                _timer = _clock.CreateTimer(_ => Tick(), null, Patience, Interval);
            }
        }

        if (first)
        {
            // Outside of the lock: whoever writes a notice holds that of the notices and asks for this one.
            _notices.Standing = this;
        }
    }

    /// <summary>A file ended.</summary>
    public void Ended(TransferItem item)
    {
        lock (_gate)
        {
            _underWay.Remove(item);
        }
    }

    /// <summary>How far a transfer is.</summary>
    public void Told(object transfer, TransferProgress progress)
    {
        lock (_gate)
        {
            _running[transfer] = progress;
        }
    }

    /// <summary>A transfer is over.</summary>
    public void Remove(object transfer)
    {
        lock (_gate)
        {
            if (_running.Remove(transfer, out var last))
            {
                _past = Sum(_past, last) with { BytesPerSecond = 0 };
            }
        }
    }

    /// <inheritdoc/>
    public void Hide()
    {
        if (_lines > 0)
        {
            _writer?.Write($"\e[{_lines}A\r\e[J");
            _lines = 0;
        }
    }

    /// <inheritdoc/>
    public void Show()
    {
        _writer?.Write(_picture);
        _lines = _picture.AsSpan().Count('\n');
    }

    /// <summary>Takes it away.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_over)
            {
                return;
            }

            _over = true;
        }

        if (_timer is not null)
        {
            _timer.Dispose();
            _notices.Draw(_ =>
            {
                // A timer that was at it has drawn by now, and the next one sees that it is over.
                Hide();
                _picture = "";
            });
            _notices.Standing = null;
        }
    }

    private void Tick() => _notices.Draw(writer =>
    {
        lock (_gate)
        {
            if (_over)
            {
                return;
            }
        }

        _writer = writer;
        string picture = Picture();
        string up = _lines > 0 ? $"\e[{_lines}A\r" : "\r";
        _picture = picture;
        _lines = picture.AsSpan().Count('\n');

        // Each line is cleared behind its end, and what the last picture had more is cleared below.
        writer.Write(up + picture.Replace("\n", "\e[K\n", StringComparison.Ordinal) + "\e[J");
    });

    private string Picture()
    {
        TransferItem[] shown;
        TransferProgress all;
        lock (_gate)
        {
            shown = [.. _underWay.Take(MostFiles)];
            all = _running.Values.Aggregate(_past, Sum);
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = _screen.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = Math.Max(_screen.Width - 1, 1);
        console.Profile.Capabilities.Unicode = true;
        var grid = new Grid { Expand = true };
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 1, 0) });
        bool wide = _screen.Width >= 60;
        if (wide)
        {
            grid.AddColumn(new GridColumn { NoWrap = true, Width = BarCells, Padding = new Padding(0, 0, 1, 0) });
        }

        grid.AddColumn(new GridColumn { NoWrap = true, Alignment = Justify.Right, Padding = new Padding(0, 0, 0, 0) });
        bool one = all.TotalFiles <= 1 && shown.Length <= 1;
        foreach (var item in shown)
        {
            string name = item.From[(item.From.LastIndexOf('/') + 1)..];
            string facts = Share(item.Bytes, item.Length) + (one ? " " + RateOf(all) : "");
            Row(grid, wide, FileNames.ForDisplay(name), item.Bytes, item.Length, facts);
        }

        if (!one || shown.Length == 0)
        {
            Row(grid, wide, FormattableString.Invariant($"{all.Files} of {all.TotalFiles} files"), all.Bytes, all.TotalBytes, $"{Share(all.Bytes, all.TotalBytes)} {RateOf(all)}");
        }

        console.Write(grid);
        return text.ToString().Replace("\r", "", StringComparison.Ordinal);
    }

    private static void Row(Grid grid, bool wide, string name, long bytes, long total, string facts)
    {
        var label = new Text(name) { Overflow = Overflow.Ellipsis };
        var numbers = new Text(facts) { Overflow = Overflow.Crop };
        if (wide)
        {
            grid.AddRow(label, Bar(bytes, total), numbers);
        }
        else
        {
            grid.AddRow(label, numbers);
        }
    }

    private static Text Bar(long bytes, long total)
    {
        int full = total > 0 ? (int)Math.Clamp(BarCells * (double)bytes / total, 0, BarCells) : 0;
        return new Text(new string('━', full) + new string('─', BarCells - full), new Style(Color.Green));
    }

    private static string Share(long bytes, long total) => total > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(bytes * 100.0 / total, 100):0}% {Sizes.Human(bytes)}/{Sizes.Human(total)}")
        : Sizes.Human(bytes);

    private static string RateOf(TransferProgress all)
    {
        string rate = $"{Sizes.Human((long)all.BytesPerSecond)}/s";
        long left = all.TotalBytes - all.Bytes;
        return left > 0 && all.BytesPerSecond >= 1 ? $"{rate} {Time(left / all.BytesPerSecond)} left" : rate;
    }

    private static string Time(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Min(seconds, 359_999));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
    }

    private static TransferProgress Sum(TransferProgress one, TransferProgress other) => one with
    {
        Bytes = one.Bytes + other.Bytes,
        TotalBytes = one.TotalBytes + other.TotalBytes,
        Files = one.Files + other.Files,
        TotalFiles = one.TotalFiles + other.TotalFiles,
        Failed = one.Failed + other.Failed,
        BytesPerSecond = one.BytesPerSecond + other.BytesPerSecond,
    };
}
