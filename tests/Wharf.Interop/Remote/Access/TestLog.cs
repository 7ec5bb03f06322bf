using Microsoft.Extensions.Logging;

namespace Wharf.Interop.Remote.Access;

/// <summary>Gives what the client logs to the test that runs, who shows it where the test fails.</summary>
internal sealed class TestLog : ILogger
{
    public static readonly TestLog Instance = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && TestContext.Current.TestOutputHelper is { } output)
        {
            try
            {
                output.WriteLine($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception.Message)}");
            }
            catch (InvalidOperationException)
            {
                return; // the test has ended before what it left behind
            }
        }
    }
}
