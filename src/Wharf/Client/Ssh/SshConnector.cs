using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Ssh;

namespace Wharf.Client.Ssh;

/// <summary>Makes sessions of SFTP: dials, checks the host key, logs in, opens the subsystem.</summary>
internal static partial class SshConnector
{
    /// <summary>A session, logged in; disposing it ends the connection and those it goes through.</summary>
    /// <exception cref="ConnectionException">There is none; it says why.</exception>
    public static Task<SftpClientSession> ConnectAsync(
        SshConnectOptions options, IDialer dialer, TimeProvider clock, ILogger logger, CancellationToken cancel) =>
        ConnectAsync(options, SshSurroundings.OfThisProcess, dialer, clock, logger, cancel);

    /// <inheritdoc cref="ConnectAsync(SshConnectOptions, IDialer, TimeProvider, ILogger, CancellationToken)"/>
    public static async Task<SftpClientSession> ConnectAsync(
        SshConnectOptions options, SshSurroundings surroundings, IDialer dialer, TimeProvider clock, ILogger logger, CancellationToken cancel)
    {
        var attempt = new SshAttempt(options, surroundings, dialer, clock, logger);
        var limit = await attempt.PrepareAsync(cancel).ConfigureAwait(false);
        using var patience = new Patience(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        SshClientSession? session = null;
        try
        {
            session = await attempt.LogInAsync(patience, both.Token).ConfigureAwait(false);
            SftpClientSession sftp = null!;
            var below = session;
            await below.OpenSubsystemAsync(
                "sftp",
                channel => sftp = new SftpClientSession(channel, clock, options.Timeouts) { Owner = below, Software = below.ServerVersion, Dialogue = new SftpDialogueLog(options.Host, logger) },
                both.Token).ConfigureAwait(false);
            await sftp.BeginAsync(both.Token).ConfigureAwait(false);
            return sftp;
        }
        catch (Exception failed)
        {
            if (session is not null)
            {
                if (both.IsCancellationRequested)
                {
                    session.Abort();
                }

                await session.DisposeAsync().ConfigureAwait(false);
            }

            cancel.ThrowIfCancellationRequested();
            throw failed switch
            {
                ConnectionException known => known,
                OperationCanceledException when patience.Token.IsCancellationRequested => new ConnectionException(
                    ConnectionError.TimedOut, $"No login at {FileNames.ForDisplay(options.Host)} within {limit.TotalSeconds:0.#} seconds.", failed),
                IOException broken => new ConnectionException(
                    ConnectionError.Lost, $"The connection to {FileNames.ForDisplay(options.Host)} was lost: {broken.Message}", broken),
                _ => failed,
            };
        }
    }
}
