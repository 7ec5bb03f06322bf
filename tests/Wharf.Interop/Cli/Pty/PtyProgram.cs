using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Interop.Support;
using Wharf.Tests.Cli.Terminals;

namespace Wharf.Interop.Cli.Pty;

/// <summary>
/// A program on a terminal of its own: a test types and looks at the screen, as a person does. Each test has its own; what is
/// left of the program when it is disposed is killed.
/// </summary>
internal sealed class PtyProgram : IAsyncDisposable
{
    /// <summary>Longest wait for a screen; generous, since many tests may share two cores.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Screen _screen;
    private readonly StringBuilder _written = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _programEnd;
    private readonly Process _process;
    private readonly Task _reading;

    private PtyProgram(SafeFileHandle master, SafeFileHandle programEnd, Process process, int columns, int rows)
    {
        (_master, _programEnd, _process) = (master, programEnd, process);
        _screen = new Screen(columns, rows);
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The process that was started; a shell first, if it is a script.</summary>
    public int Pid => _process.Id;

    /// <summary>What the screen shows now.</summary>
    public string Text => See(screen => screen.Text);

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

    /// <summary>Starts a program as the leader of a session with this terminal, as a login does.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">argv without the program.</param>
    /// <param name="folder">Working folder, and HOME.</param>
    /// <param name="environment">Variables beside HOME, PATH, TERM and LANG; null takes one away.</param>
    /// <param name="columns">Width of the window.</param>
    /// <param name="rows">Its height.</param>
    public static PtyProgram Start(
        string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null, int columns = 80, int rows = 24)
    {
        // util-linux; essential in Debian.
        string setsid = Require.Program("setsid", "util-linux");
        var (master, name) = PtyCalls.Open();
        PtyCalls.Resize(master, columns, rows);

        // Held open until the program has ended: a terminal that nobody has open reads as hung up.
        var programEnd = PtyCalls.OpenProgramEnd(name);
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$@\" <\"$0\" >\"$0\" 2>\"$0\"", name, setsid, "-c", program, .. arguments])
        {
            WorkingDirectory = folder,
        };
        string? path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = folder;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["LANG"] = "C.UTF-8";
        foreach (string kept in (string[])["DOTNET_ROOT", "DOTNET_ROOT_X64", "LD_LIBRARY_PATH"])
        {
            if (Environment.GetEnvironmentVariable(kept) is { } value)
            {
                start.Environment[kept] = value;
            }
        }

        foreach (var (variable, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[variable] = value;
        }

        return new PtyProgram(master, programEnd, Process.Start(start)!, columns, rows);
    }

    public T See<T>(Func<Screen, T> look)
    {
        lock (_gate)
        {
            return look(_screen);
        }
    }

    /// <summary>Waits for a screen; fails with the one that is there.</summary>
    public async Task UntilAsync(Func<Screen, bool> shows, string what = "", [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(shows))] string? condition = null)
    {
        var clock = Stopwatch.StartNew();
        while (!See(shows))
        {
            Assert.True(clock.Elapsed < Patience, $"The screen never was {(what.Length > 0 ? what : condition)}:\n{Text}\n--- written\n{Written.Replace("\e", "<ESC>", StringComparison.Ordinal)}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until the screen shows exactly this.</summary>
    public Task ShowsAsync(string text) => UntilAsync(screen => screen.Text == text, text);

    /// <summary>Types, as UTF-8; "\r" is the key Enter.</summary>
    public void Type(string text) => PtyCalls.Write(_master, Encoding.UTF8.GetBytes(text));

    public void Resize(int columns, int rows)
    {
        lock (_gate)
        {
            _screen.Resize(columns, rows);
        }

        PtyCalls.Resize(_master, columns, rows);
    }

    /// <summary>Waits for the end of the program, and until all it wrote is on the screen; returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The program did not end:\n{Text}");
        }

        _programEnd.Dispose();
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _programEnd.Dispose();
        await _reading;
        _master.Dispose();
        _process.Dispose();
    }

    private void Read()
    {
        byte[] bytes = new byte[4096];
        char[] characters = new char[4096];
        int count;
        while ((count = PtyCalls.Read(_master, bytes)) > 0)
        {
            lock (_gate)
            {
                string text = new(characters, 0, _decoder.GetChars(bytes, 0, count, characters, 0));
                _written.Append(text);
                _screen.Write(text);
            }
        }
    }
}
