using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Wharf.Cli.Terminals;

/// <summary>
/// A terminal in raw mode, until disposed. It gets its old modes back when the program ends in any way but SIGKILL, and while it
/// is stopped: whoever uses the terminal next finds it as it was.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed unsafe class RawMode : IDisposable
{
    private readonly Lock _gate = new();
    private readonly int _descriptor;
    private readonly Action _changed;
    private readonly byte[] _before = new byte[LibC.TermiosBytes];
    private readonly byte[] _raw;
    private readonly PosixSignalRegistration[] _signals;
    private bool _over;

    /// <param name="descriptor">A terminal.</param>
    /// <param name="changed">Called on a thread of the pool when the window's size changed, or the program goes on after a stop.</param>
    public RawMode(int descriptor, Action changed)
    {
        _descriptor = descriptor;
        _changed = changed;
        fixed (byte* before = _before)
        {
            if (LibC.GetAttributes(descriptor, before) != 0)
            {
                throw new IOException($"The terminal does not tell its modes (errno {LibC.Errno}).");
            }
        }

        _raw = MakeRaw(_before);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _changed()),
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, OnContinue),

            // They may end the program without its exit handlers; whether they do is for others to decide.
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Restore()),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Restore()),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => Restore()),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Restore()),
        ];

        // Only now: with its first registration the runtime notes the modes it will leave behind at its end.
        Set(_raw);
    }

    /// <summary>
    /// Whether this program leads its session: then no shell would continue it when it is stopped, and the kernel ignores Ctrl-Z.
    /// </summary>
    public static bool NobodyContinues => LibC.GetSession(0) == LibC.GetProcessGroup();

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        lock (_gate)
        {
            if (!_over)
            {
                _over = true;
                Set(_before);
            }
        }
    }

    /// <summary>
    /// The modes of cfmakeraw, but with the old c_oflag: other parts of the program write lines that end in LF meanwhile. It is
    /// the second field of struct termios, of 4 bytes on Linux and of 8 on macOS.
    /// </summary>
    private static byte[] MakeRaw(byte[] before)
    {
        byte[] raw = [.. before];
        fixed (byte* termios = raw)
        {
            LibC.MakeRaw(termios);
        }

        int field = OperatingSystem.IsMacOS() ? sizeof(ulong) : sizeof(uint);
        before.AsSpan(field, field).CopyTo(raw.AsSpan(field, field));
        return raw;
    }

    private void OnExit(object? sender, EventArgs e) => Restore();

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!NobodyContinues)
        {
            Restore();
            _ = LibC.Kill(Environment.ProcessId, LibC.SigStop);
        }
    }

    private void OnContinue(PosixSignalContext context)
    {
        // Else the runtime would now set the modes it found when it first looked.
        context.Cancel = true;
        lock (_gate)
        {
            if (_over)
            {
                return;
            }

            Set(_raw);
        }

        _changed();
    }

    private void Restore()
    {
        lock (_gate)
        {
            if (!_over)
            {
                Set(_before);
            }
        }
    }

    /// <summary>A terminal that hung up takes no modes and needs none, so its refusal is no error.</summary>
    private void Set(byte[] modes)
    {
        fixed (byte* termios = modes)
        {
            while (LibC.SetAttributes(_descriptor, LibC.WhenWritten, termios) != 0 && LibC.Errno == LibC.Eintr)
            {
            }
        }
    }
}
