namespace Wharf.Cli.Terminals;

/// <summary>
/// Where there is no termios: lines as the console edits them, and answers of a person, but no keys one by one. Secrets cannot be
/// typed unseen that way, so nobody is asked for them.
/// </summary>
internal sealed class PlainTerminal : ITerminal
{
    private readonly Stream _input = Console.OpenStandardInput();

    public event Action? Changed
    {
        add { }
        remove { }
    }

    public bool IsInteractiveInput => false;

    public bool IsTerminalOutput { get; } = !Console.IsOutputRedirected;

    public bool IsTerminalErrors { get; } = !Console.IsErrorRedirected;

    public int Columns => IsTerminalOutput ? Console.WindowWidth : 80;

    public int Rows => IsTerminalOutput ? Console.WindowHeight : 24;

    public bool CanSuspend => false;

    public IDisposable EnterRaw() => throw new NotSupportedException("Keys cannot be read one by one here.");

    public ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel) => _input.ReadAsync(into, cancel);

    public void Write(ReadOnlySpan<char> text) => Console.Out.Write(text);

    public void Suspend()
    {
    }

    public ITerminalDevice? OpenControlling() => null;

    public void Dispose() => _input.Dispose();
}
