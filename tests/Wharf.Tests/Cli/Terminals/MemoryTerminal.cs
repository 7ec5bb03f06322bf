using System.Runtime.InteropServices;
using System.Text;
using Wharf.Cli.Terminals;
using Wharf.Files;

namespace Wharf.Tests.Cli.Terminals;

/// <summary>
/// A terminal in memory: a test types, the program reads; the program writes, the test looks at the screen. The kernel's echo is
/// there while the mode is not raw.
/// </summary>
internal sealed class MemoryTerminal : ITerminal
{
    private readonly Lock _gate = new();
    private readonly List<byte> _typed = [];
    private readonly List<(Func<Screen, bool> Shows, TaskCompletionSource Shown)> _awaited = [];
    private readonly StringBuilder _written = new();
    private readonly Screen _screen;
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _idle;
    private bool _ended;
    private int _raw;

    public MemoryTerminal(int columns = 80, int rows = 24)
    {
        _screen = new Screen(columns, rows);
        Controlling = this;
    }

    public event Action? Changed;

    public bool IsInteractiveInput { get; set; } = true;

    public bool IsTerminalOutput { get; set; } = true;

    public bool IsTerminalErrors { get; set; } = true;

    /// <summary>What <see cref="OpenControlling"/> finds: this terminal itself unless a test says otherwise.</summary>
    public ITerminalDevice? Controlling { get; set; }

    public int Columns => See(screen => screen.Columns);

    public int Rows => See(screen => screen.Rows);

    public bool IsRaw => Volatile.Read(ref _raw) > 0;

    public bool CanSuspend { get; set; } = true;

    /// <summary>How often the program stopped itself.</summary>
    public int Suspensions { get; private set; }

    /// <summary>Every character written, escapes too.</summary>
    public string Written
    {
        get
        {
            lock (_gate)
            {
                return _written.ToString();
            }
        }
    }

    /// <summary>What the screen shows now.</summary>
    public string Text => See(screen => screen.Text);

    public T See<T>(Func<Screen, T> look)
    {
        lock (_gate)
        {
            return look(_screen);
        }
    }

    /// <summary>Types; text goes as a terminal sends it, so that "\r" is the key Enter.</summary>
    public void Type(string text) => Type(FileNames.Encode(text));

    public void Type(params byte[] bytes)
    {
        if (!IsRaw)
        {
            Write(Encoding.UTF8.GetString(bytes));
        }

        lock (_gate)
        {
            _typed.AddRange(bytes);
            _reader?.TrySetResult();
            _reader = null;
        }
    }

    /// <summary>Nobody types any more.</summary>
    public void HangUp()
    {
        lock (_gate)
        {
            _ended = true;
            _reader?.TrySetResult();
            _reader = null;
        }
    }

    /// <summary>Completes when the program has read all that was typed, and wants to read more.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
        {
            return _reader is not null
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes when the screen is so.</summary>
    public Task UntilAsync(Func<Screen, bool> shows)
    {
        lock (_gate)
        {
            var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((shows, shown));
            Look();
            return shown.Task;
        }
    }

    public void Resize(int columns, int rows)
    {
        lock (_gate)
        {
            _screen.Resize(columns, rows);
        }

        Changed?.Invoke();
    }

    public IDisposable EnterRaw()
    {
        Interlocked.Increment(ref _raw);
        return new Raw(this);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        while (true)
        {
            TaskCompletionSource more;
            lock (_gate)
            {
                cancel.ThrowIfCancellationRequested();
                int count = Math.Min(_typed.Count, into.Length);
                if (count > 0 || _ended)
                {
                    CollectionsMarshal.AsSpan(_typed)[..count].CopyTo(into.Span);
                    _typed.RemoveRange(0, count);
                    return count;
                }

                Assert.True(_reader is null, "Two readers read at once.");
                _reader = more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _idle?.TrySetResult();
                _idle = null;
            }

            await using var registration = cancel.UnsafeRegister(
                _ =>
                {
                    lock (_gate)
                    {
                        _reader = _reader == more ? null : _reader;
                    }

                    more.TrySetCanceled(cancel);
                },
                null);
            await more.Task;
        }
    }

    public void Write(ReadOnlySpan<char> text)
    {
        string all = text.ToString();
        lock (_gate)
        {
            _written.Append(all);
            _screen.Write(all.Replace("\n", "\r\n", StringComparison.Ordinal));
            Look();
        }
    }

    public void Suspend() => Suspensions++;

    public ITerminalDevice? OpenControlling() => Controlling;

    /// <summary>It belongs to the test: a question that closes its device closes nothing.</summary>
    public void Dispose()
    {
    }

    private void Look() => _awaited.RemoveAll(awaited => awaited.Shows(_screen) && awaited.Shown.TrySetResult());

    private sealed class Raw(MemoryTerminal terminal) : IDisposable
    {
        private bool _over;

        public void Dispose()
        {
            if (!_over)
            {
                _over = true;
                Interlocked.Decrement(ref terminal._raw);
            }
        }
    }
}
