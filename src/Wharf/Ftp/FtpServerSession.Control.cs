using Wharf.Ftp.Commands;
using Wharf.Ftp.Data;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp;

/// <summary>Its control connection: what is read and when, and what becomes of it when TLS begins or ends.</summary>
internal sealed partial class FtpServerSession
{
    private Task<ControlLine>? _reading;

    /// <summary>What stops <see cref="_reading"/> alone; made when a command is first read beside a transfer.</summary>
    private CancellationTokenSource? _readingAhead;

    /// <summary>The control connection as it is now: in clear, or inside TLS.</summary>
    public IConnection Connection { get; private set; }

    /// <summary>Whether it was left in the middle of a change, neither in clear nor inside TLS: nothing that is sent would be understood.</summary>
    public bool IsBetweenConnections { get; private set; }

    /// <summary>
    /// Nothing that was sent so far counts any more: commands that wait, half lines, what is being read. Comes before the reply behind
    /// which TLS begins or ends, so that what somebody put into the clear text is never taken for what the client said inside TLS, nor
    /// the other way round.
    /// </summary>
    public async ValueTask ForgetInputAsync()
    {
        if (_reading is { } reading)
        {
            _reading = null;
            await _readingAhead!.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _readingAhead?.Dispose();
        _readingAhead = null;
        _held.Clear();
        _control.DiscardInput();
    }

    /// <summary>Makes another connection of the control connection, in the time the client may keep us waiting. Behind <see cref="ForgetInputAsync"/>.</summary>
    /// <param name="change">From the old one to the new one.</param>
    /// <exception cref="IOException">It failed; the session ends.</exception>
    public async ValueTask ChangeConnectionAsync(Func<IConnection, CancellationToken, ValueTask<IConnection>> change)
    {
        IsBetweenConnections = true;
        _deadline.Change(Patience, Timeout.InfiniteTimeSpan);
        try
        {
            Connection = await change(Connection, _end.Token).ConfigureAwait(false);
            _control.GoOnOver(Connection);
            IsBetweenConnections = false;
        }
        catch (TlsException)
        {
            // The client was told by an alert, which an abort could overtake.
            IsBetweenConnections = false;
            End(SessionEnd.Tls);
            throw;
        }
        finally
        {
            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The next line, held or new. The silence until it comes is bounded.</summary>
    private async ValueTask<ControlLine> NextAsync()
    {
        if (_held.TryDequeue(out var held))
        {
            return held;
        }

        _deadline.Change(Patience, Timeout.InfiniteTimeSpan);
        try
        {
            var reading = _reading ?? _control.ReadAsync(_end.Token).AsTask();
            _reading = null;
            return await reading.ConfigureAwait(false);
        }
        finally
        {
            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Reads on while a transfer runs. ABOR and STAT are answered at once, also when other commands wait before them: that is
    /// what Telnet's Synch asks for. When <see cref="FtpLimits.HeldCommands"/> wait, reading stops and TCP pushes back.
    /// </summary>
    private async ValueTask<Reply> BesideTransferAsync(Task<Reply> running, CancellationTokenSource abort)
    {
        try
        {
            while (!running.IsCompleted && _held.Count < Options.Limits.HeldCommands)
            {
                _reading ??= _control.ReadAsync((_readingAhead ??= CancellationTokenSource.CreateLinkedTokenSource(_end.Token)).Token).AsTask();
                await Task.WhenAny(running, _reading).ConfigureAwait(false);
                if (!_reading.IsCompleted)
                {
                    break;
                }

                var line = await _reading.ConfigureAwait(false);
                _reading = null;
                var (verb, argument) = line.Kind == ControlInput.Line ? CommandTable.Split(line.Text) : ("", "");
                switch (CommandTable.Find(verb))
                {
                    case Abort:
                        return await AbortAsync(running, abort).ConfigureAwait(false);
                    case { Beside: Beside.Runs } immediate:
                        await SendAsync(await GuardAsync(immediate, argument, _end.Token).ConfigureAwait(false)).ConfigureAwait(false);
                        continue;
                }

                _held.Enqueue(line);
                if (line.Kind == ControlInput.End)
                {
                    _clientHasLeft = true;
                    Transfer?.Stop(TransferStop.SessionEnds);
                    await abort.CancelAsync().ConfigureAwait(false);
                }

                if (line.Kind == ControlInput.End || verb == "QUIT")
                {
                    _isQuitting = verb == "QUIT";
                    // Nothing after QUIT counts; an end of the connection behind it is no abort.
                    break;
                }
            }

            return await running.ConfigureAwait(false);
        }
        catch (IOException)
        {
            End(SessionEnd.Broken);
            throw;
        }
        finally
        {
            // It uses what belongs to the session, so the session outlives it.
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>426 for what ran, then 226 for ABOR (RFC 959 section 4.1.3); both come from here, in order.</summary>
    private async ValueTask<Reply> AbortAsync(Task<Reply> running, CancellationTokenSource abort)
    {
        Transfer?.Stop(TransferStop.Abort);
        await abort.CancelAsync().ConfigureAwait(false);
        await SendAsync(await running.ConfigureAwait(false)).ConfigureAwait(false);
        await Data.ResetAsync().ConfigureAwait(false);
        return new Reply(226, $"ABOR is done.");
    }
}
