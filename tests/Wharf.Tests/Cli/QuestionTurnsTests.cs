using System.Threading.Channels;
using Wharf.Cli.Connections;

namespace Wharf.Tests.Cli;

public sealed class QuestionTurnsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_stand_one_at_a_time_in_their_order()
    {
        var person = new SlowPerson();
        using var turns = new QuestionTurns(person);
        var first = turns.AskSecretAsync("first", Cancel).AsTask();
        var second = turns.AskAsync("second", Cancel).AsTask();
        var third = turns.AskTrustAsync("third", "SHA256:abc", Cancel).AsTask();
        var standing = await person.AskedAsync();
        Assert.Equal("first", standing.Text);
        Assert.False(person.IsAsked);
        standing.Answer("1");
        Assert.Equal("1", await first);
        standing = await person.AskedAsync();
        Assert.Equal("second", standing.Text);
        standing.Answer("2");
        Assert.Equal("2", await second);
        (await person.AskedAsync()).Answer("yes");
        Assert.True(await third);
    }

    [Fact]
    public async Task Who_types_a_line_is_told_and_not_disturbed()
    {
        var person = new SlowPerson();
        using var turns = new QuestionTurns(person);
        int told = 0;
        turns.MustWait = () => told++;
        var line = await turns.TakeAsync(Cancel);
        var question = turns.AskAsync("of a job", Cancel).AsTask();
        Assert.Equal(1, told);
        Assert.False(person.IsAsked);
        line.Dispose();
        var standing = await person.AskedAsync();

        // The next line waits for the answer.
        var next = turns.TakeAsync(Cancel).AsTask();
        Assert.False(next.IsCompleted);
        standing.Answer("now");
        Assert.Equal("now", await question);
        (await next).Dispose();
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task An_interrupted_question_fails_and_the_next_one_stands()
    {
        var person = new SlowPerson();
        using var turns = new QuestionTurns(person);
        var first = turns.AskAsync("first", Cancel).AsTask();
        var second = turns.AskAsync("second", Cancel).AsTask();
        _ = await person.AskedAsync();
        turns.Interrupt();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        (await person.AskedAsync()).Answer("2");
        Assert.Equal("2", await second);
        turns.Interrupt();
    }

    private sealed record Question(string Text, TaskCompletionSource<string?> Said)
    {
        public void Answer(string text) => Said.SetResult(text);
    }

    /// <summary>Answers when the test says so.</summary>
    private sealed class SlowPerson : IQuestions
    {
        private readonly Channel<Question> _asked = Channel.CreateUnbounded<Question>();

        public bool CanAsk => true;

        /// <summary>Whether a question stands that the test has not seen.</summary>
        public bool IsAsked => _asked.Reader.Count > 0;

        public ValueTask<Question> AskedAsync() => _asked.Reader.ReadAsync(Cancel);

        public async ValueTask<string?> AskAsync(string question, CancellationToken cancel)
        {
            var standing = new Question(question, new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously));
            Assert.True(_asked.Writer.TryWrite(standing));
            return await standing.Said.Task.WaitAsync(cancel);
        }

        public ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel) => AskAsync(question, cancel);

        public async ValueTask<bool> AskTrustAsync(string explanation, string fingerprint, CancellationToken cancel) =>
            await AskAsync(explanation, cancel) == "yes";
    }
}
