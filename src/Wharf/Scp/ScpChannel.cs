using Microsoft.Extensions.Logging;
using Wharf.Ssh.Connection;
using Wharf.Wire;

namespace Wharf.Scp;

/// <summary>One scp command on its channel. It begins with the first <see cref="Settle"/>, behind the answer to the request.</summary>
#pragma warning disable CA1001 // CloseAsync, the last call, disposes what it owns.
internal sealed partial class ScpChannel : IChannelSink
#pragma warning restore CA1001
{
    private readonly ScpStream _stream;
    private readonly ScpCopy _copy;
    private readonly string _session;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _gone = new();
    private Task? _running;

    public ScpChannel(ChannelRequest request, ScpArguments arguments, IMessageChannel channel, ScpOptions options, ILogger logger)
    {
        _session = request.Session;
        _logger = logger;
        _stream = new ScpStream(channel, options.Limits);
        _copy = arguments.IsSink
            ? new ScpSink(_stream, request.Login.Files, arguments, options, _session, logger)
            : new ScpSource(_stream, request.Login.Files, arguments, options, _session, logger);
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer) => _stream.Receive(bytes, buffer);

    /// <inheritdoc/>
    public void Settle()
    {
        _running ??= RunAsync();
        _stream.Settle();
    }

    /// <inheritdoc/>
    public void Drained() => _stream.Drained();

    /// <inheritdoc/>
    public void End()
    {
        _running ??= RunAsync();
        _stream.End();
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        await _gone.CancelAsync().ConfigureAwait(false);
        _stream.Abandon();
        await (_running ?? Task.CompletedTask).ConfigureAwait(false);
        _stream.Discard();
        _gone.Dispose();
    }

    /// <summary>Never throws.</summary>
    private async Task RunAsync()
    {
        int exitStatus = 1;
        try
        {
            await _stream.StartAsync().ConfigureAwait(false);
            exitStatus = await _copy.RunAsync(_gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The channel is gone, and whoever could be told with it.
        }
#pragma warning disable CA1031 // Whatever a copy does wrong, it is our bug: it ends the copy, and never the session.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Faulted(_logger, _session, fault);
        }

        _stream.Discard();
        _stream.Finish(exitStatus);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Session} scp ended by a fault of ours")]
        public static partial void Faulted(ILogger logger, string session, Exception fault);
    }
}
