namespace Wharf.Cli.Terminals;

/// <summary>A terminal with a person before it: bytes of keys in, text out. One reader at a time.</summary>
internal interface ITerminalDevice : IDisposable
{
    /// <summary>
    /// While the mode is raw: the window has another size, or the program was stopped and goes on, so that what it shows must be
    /// drawn anew. Comes on any thread.
    /// </summary>
    event Action? Changed;

    /// <summary>Width in cells, at least 1; 80 where nobody knows.</summary>
    int Columns { get; }

    /// <summary>Height in cells, at least 1; 24 where nobody knows.</summary>
    int Rows { get; }

    /// <summary>
    /// Every key comes as it is typed, Ctrl-C and Ctrl-Z too, and none is echoed; <c>\n</c> still begins a line at its start. Until
    /// it is disposed; taken back as well when the program ends or is stopped meanwhile.
    /// </summary>
    IDisposable EnterRaw();

    /// <summary>Reads what was typed. Returns 0 at the end of input. A read that is cancelled has taken no byte.</summary>
    ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel);

    /// <summary>Writes at once. <see cref="IOException"/> when the terminal is gone.</summary>
    void Write(ReadOnlySpan<char> text);

    /// <summary>Whether a shell that started the program would have it go on after <see cref="Suspend"/>.</summary>
    bool CanSuspend { get; }

    /// <summary>Stops the program as Ctrl-Z does, soon after; <see cref="Changed"/> comes when it goes on.</summary>
    void Suspend();
}
