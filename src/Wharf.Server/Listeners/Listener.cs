using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Net;

namespace Wharf.Server.Listeners;

/// <summary>
/// Accepts connections and hands each to a session of the server it stands for. Nothing that one connection does, nor a lack
/// of descriptors, ends the loop or makes the next connection wait.
/// </summary>
/// <param name="url">What was asked for.</param>
/// <param name="listener">Where they come from; owned.</param>
/// <param name="admission">Who is let in.</param>
/// <param name="serve">Runs a session to its end; owns connection and ticket, never throws, never runs long before it first waits.</param>
/// <param name="pause">How long to rest when nothing could be accepted.</param>
/// <param name="clock">For the rest and for the time a refused client gets.</param>
/// <param name="logger">What was refused or limited.</param>
internal sealed partial class Listener(
    ListenUrl url, IListener listener, Admission admission, Func<IConnection, Admission.Ticket, Task> serve, TimeSpan pause,
    TimeProvider clock, ILogger<Listener> logger) : IAsyncDisposable
{
    /// <summary>Refused connections that are still being told so; those beyond are just closed.</summary>
    private const int MostRefusalsAtOnce = 64;

    /// <summary>How long a refused client gets to take what it is told.</summary>
    private static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(2);

    private int _refusals;

    /// <summary>What was asked for.</summary>
    public ListenUrl Url => url;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Local => listener.Local;

    /// <summary>Accepts until cancelled or disposed.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                Admit(await listener.AcceptAsync(cancel));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (IOException failed)
            {
                // Mostly EMFILE: the connection stays in the kernel's queue, and accepting at once would fail at once.
                Log.NotAccepted(logger, listener.Local, failed.Message, pause);
                await Task.Delay(pause, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Frees the port.</summary>
    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private void Admit(IConnection connection)
    {
        // Both run on beside the loop and end by themselves.
        if (admission.TryEnter(connection.Remote.Address) is { } ticket)
        {
            _ = serve(connection, ticket);
        }
        else
        {
            _ = RefuseAsync(connection);
        }
    }

    private async Task RefuseAsync(IConnection connection)
    {
        Log.TooMany(logger, connection.Remote.Address);
        try
        {
            if (Interlocked.Increment(ref _refusals) > MostRefusalsAtOnce)
            {
                connection.Abort();
                return;
            }

            using var patience = new CancellationTokenSource(RefusalTime, clock);
            if (!url.Protocol.Refusal.IsEmpty)
            {
                await connection.SendAsync(url.Protocol.Refusal, patience.Token);
            }

            await connection.FinishAsync(patience.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            connection.Abort();
            Log.RefusalNotTaken(logger, connection.Remote.Address, gone.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _refusals);
            await connection.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Local} cannot accept ({Why}); trying again in {Pause}")]
        public static partial void NotAccepted(ILogger logger, IPEndPoint local, string why, TimeSpan pause);

        [LoggerMessage(LogLevel.Warning, "Connection from {Address} refused: no place for one more session")]
        public static partial void TooMany(ILogger logger, IPAddress address);

        [LoggerMessage(LogLevel.Debug, "Connection from {Address} did not take its refusal: {Why}")]
        public static partial void RefusalNotTaken(ILogger logger, IPAddress address, string why);
    }
}
