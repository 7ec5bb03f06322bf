using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Wharf.Net;

/// <summary>
/// A program of this machine as a connection: what it writes is received, what is sent it reads (OpenSSH's ProxyCommand). Its
/// standard error goes to the log. It ends with the connection.
/// </summary>
internal sealed partial class CommandConnection : IConnection
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Most lines of its standard error that are logged; the rest is read away.</summary>
    private const int MostLines = 100;

    private static readonly IPEndPoint Here = new(IPAddress.Loopback, 0);

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Task<int>? _reading;
    private int _first;
    private int _last;
    private bool _ended;
    private int _killed;

    private CommandConnection(Process process, ILogger logger)
    {
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        int lines = 0;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && Interlocked.Increment(ref lines) <= MostLines)
            {
                Log.Said(logger, new string([.. text.Take(1000).Select(c => char.IsControl(c) ? '?' : c)]));
            }
        };
        process.BeginErrorReadLine();
    }

    public IPEndPoint Local => Here;

    public IPEndPoint Remote => Here;

    public bool PeerHasFinished => _ended && _first == _last;

    /// <summary>Starts a command line by /bin/sh, which makes way for it ("exec"), as OpenSSH does.</summary>
    /// <exception cref="ConnectionException">It cannot be started.</exception>
    public static IConnection Start(string command, ILogger logger)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec " + command);
        try
        {
            return new CommandConnection(Process.Start(start)!, logger);
        }
        catch (Exception failed) when (failed is Win32Exception or PlatformNotSupportedException)
        {
            throw new ConnectionException(ConnectionError.Unreachable, $"The ProxyCommand cannot be started: {failed.Message}", failed);
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_first == _last && !_ended)
        {
            // A pipe's read knows no cancellation: what it brings later stays for the next call.
            _reading ??= ReadAsync();
            int count = await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            _reading = null;
            (_first, _last, _ended) = (0, count, count == 0);
        }

        int taken = Math.Min(into.Length, _last - _first);
        _buffer.AsSpan(_first, taken).CopyTo(into.Span);
        _first += taken;
        return taken;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _input.WriteAsync(bytes, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            await _input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException closed)
        {
            throw new IOException("The command's input was closed.", closed);
        }
    }

    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _input.DisposeAsync().ConfigureAwait(false);
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref _killed, 1) == 0)
        {
            try
            {
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Not waited for: what it has started itself may hold its pipes for as long as it likes. The runtime collects it.
        Abort();
        await _input.DisposeAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int> ReadAsync()
    {
        try
        {
            return await _output.ReadAsync(_buffer).ConfigureAwait(false);
        }
        catch (ObjectDisposedException closed)
        {
            throw new IOException("The command has ended.", closed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The ProxyCommand says: {Text}")]
        public static partial void Said(ILogger logger, string text);
    }
}
