using Wharf.Cli.Terminals;
using Wharf.Tests.Support;

namespace Wharf.Tests.Cli.Terminals;

public sealed class KeyReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Escape_is_a_key_once_nothing_has_followed_for_a_while()
    {
        var clock = new ManualClock();
        var terminal = new MemoryTerminal();
        using var raw = terminal.EnterRaw();
        var reader = new KeyReader(terminal, clock);
        terminal.Type("\e");
        var key = reader.ReadAsync(Cancel);
        await clock.TimerDueIn(KeyReader.SequenceWait);
        Assert.False(key.IsCompleted);
        clock.Advance(KeyReader.SequenceWait);
        Assert.Equal(new Key(KeyCode.Escape), await key);

        terminal.Type("x");
        Assert.Equal(Key.Of("x"), await reader.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_sequence_may_come_in_pieces()
    {
        var clock = new ManualClock();
        var terminal = new MemoryTerminal();
        using var raw = terminal.EnterRaw();
        var reader = new KeyReader(terminal, clock);
        terminal.Type("\e");
        var key = reader.ReadAsync(Cancel);
        await clock.TimerDueIn(KeyReader.SequenceWait);
        terminal.Type("[");
        terminal.Type("A");
        Assert.Equal(new Key(KeyCode.Up), await key);
    }

    [Fact]
    public async Task A_cancelled_read_loses_no_key()
    {
        var terminal = new MemoryTerminal();
        using var raw = terminal.EnterRaw();
        var reader = new KeyReader(terminal, new ManualClock());
        using var gone = new CancellationTokenSource();
        var key = reader.ReadAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => key);
        terminal.Type("ab");
        Assert.Equal(Key.Of("a"), await reader.ReadAsync(Cancel));
        Assert.True(reader.HasNext);
        Assert.Equal(Key.Of("b"), await reader.ReadAsync(Cancel));
        terminal.HangUp();
        Assert.Null(await reader.ReadAsync(Cancel));
    }
}
