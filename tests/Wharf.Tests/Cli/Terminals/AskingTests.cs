using Wharf.Cli.Terminals;
using Wharf.Tests.Support;

namespace Wharf.Tests.Cli.Terminals;

public sealed class AskingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_never_shown()
    {
        var terminal = new MemoryTerminal();
        var secret = terminal.ReadSecretAsync("Password: ", new ManualClock(), Cancel);
        Assert.True(terminal.IsRaw);
        terminal.Type("hun\x7fnter 2ä\r");
        Assert.Equal("hunter 2ä", await secret);
        Assert.Equal("Password:", terminal.Text);
        Assert.False(terminal.IsRaw);
    }

    [Fact]
    public async Task A_secret_can_be_begun_anew_and_given_up()
    {
        var terminal = new MemoryTerminal();
        terminal.IsInteractiveInput = false;
        var secret = terminal.ReadSecretAsync("Password: ", new ManualClock(), Cancel);
        terminal.Type("wrong\x15right\r");
        Assert.Equal("right", await secret);

        secret = terminal.ReadSecretAsync("Password: ", new ManualClock(), Cancel);
        terminal.Type("wro\x03");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => secret);
        Assert.False(terminal.IsRaw);
        Assert.Equal(1, terminal.See(screen => screen.Text.Split('\n').Count(line => line == "Password:")) - 1);
    }

    [Fact]
    public async Task Without_a_terminal_nobody_is_asked()
    {
        var terminal = new MemoryTerminal { Controlling = null };
        var refused = await Assert.ThrowsAsync<NoTerminalException>(() => terminal.ReadSecretAsync("Password for a@b: ", new ManualClock(), Cancel));
        Assert.Equal("There is no terminal to ask at: Password for a@b", refused.Message);
        await Assert.ThrowsAsync<NoTerminalException>(() => terminal.AskAsync("Sure", Cancel));
    }

    [Fact]
    public async Task Yes_and_no_are_whole_words_and_the_end_of_input_is_no()
    {
        var terminal = new MemoryTerminal();
        var answer = terminal.AskAsync("Delete 3 files", Cancel);
        terminal.Type("y\n");
        await terminal.UntilAsync(screen => screen.Contains("Please type"));
        terminal.Type("YES\n");
        Assert.True(await answer);
        Assert.Equal("Delete 3 files (yes/no)? y\nPlease type 'yes' or 'no': YES", terminal.Text);

        answer = terminal.AskAsync("Delete 3 files", Cancel);
        terminal.Type("no\n");
        Assert.False(await answer);

        answer = terminal.AskAsync("Delete 3 files", Cancel);
        terminal.HangUp();
        Assert.False(await answer);
    }

    [Fact]
    public async Task A_host_is_believed_by_yes_or_by_its_very_fingerprint()
    {
        var terminal = new MemoryTerminal();
        var answer = terminal.AskFingerprintAsync("ED25519 key is SHA256:abc.", "SHA256:abc", Cancel);
        terminal.Type("SHA256:ABC\n");
        await terminal.UntilAsync(screen => screen.Contains("Please type"));
        terminal.Type("SHA256:abc\n");
        Assert.True(await answer);
        Assert.Equal(
            "ED25519 key is SHA256:abc.\n" +
            "Are you sure you want to continue connecting (yes/no/[fingerprint])? SHA256:ABC\n" +
            "Please type 'yes', 'no' or the fingerprint: SHA256:abc", terminal.Text);
    }

    [Fact]
    public async Task A_question_that_is_cancelled_leaves_the_terminal_as_it_was()
    {
        var terminal = new MemoryTerminal();
        using var gone = new CancellationTokenSource();
        var secret = terminal.ReadSecretAsync("Password: ", new ManualClock(), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => secret);
        Assert.False(terminal.IsRaw);
    }
}
