using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Scp;

/// <summary>What both directions of a copy share: the answers, and what went wrong.</summary>
/// <param name="stream">The peer.</param>
/// <param name="files">All the account can see.</param>
/// <param name="arguments">What was asked for.</param>
/// <param name="options">What the command does and does not do.</param>
/// <param name="session">The session's id, for the log.</param>
/// <param name="logger">One line for each file.</param>
internal abstract partial class ScpCopy(
    ScpStream stream, IFileSystem files, ScpArguments arguments, ScpOptions options, string session, ILogger logger)
{
    /// <summary>One file failed; the copy goes on.</summary>
    protected const byte Failed = 1;

    /// <summary>The copy ends.</summary>
    protected const byte Fatal = 2;

    protected ScpStream Stream => stream;

    protected IFileSystem Files => files;

    protected ScpArguments Arguments => arguments;

    protected ScpOptions Options => options;

    /// <summary>What went wrong so far, on either side.</summary>
    protected int Errors { get; private set; }

    /// <summary>Copies; returns the exit status.</summary>
    public async ValueTask<int> RunAsync(CancellationToken cancel)
    {
        try
        {
            if (arguments.Mistake is { } mistake)
            {
                throw new ScpException(mistake);
            }

            await CopyAsync(cancel).ConfigureAwait(false);
        }
        catch (ScpException refused)
        {
            Log.Refused(logger, session, FileNames.ForDisplay(refused.Message));
            Say(Fatal, refused.Message);
        }
        catch (FileException refused)
        {
            // A name on the command line or of the peer that no file can have.
            Say(Fatal, $"{refused.Path}: {ScpReason.Of(refused.Error)}");
        }
        catch (EndOfStreamException)
        {
            Errors++;
        }

        return Errors > 0 ? 1 : 0;
    }

    /// <summary>All of the copy.</summary>
    protected abstract ValueTask CopyAsync(CancellationToken cancel);

    /// <summary>Tells the peer what went wrong with one file.</summary>
    protected void Say(byte kind, string message)
    {
        Errors++;

        // A line end in a name must not begin a message of its own.
        stream.SendLine($"{(char)kind}scp: {FileNames.ForDisplay(message)}");
    }

    /// <inheritdoc cref="Say(byte, string)"/>
    protected void Say(VirtualPath path, FileError error) => Say(Failed, $"{path.Value}: {ScpReason.Of(error)}");

    /// <summary>What the peer says went wrong: the rest of the line behind 1 or 2.</summary>
    protected void Heard(string message)
    {
        Errors++;
        Log.Heard(logger, session, FileNames.ForDisplay(message));
    }

    /// <summary>The peer's answer to what was sent: whether it goes on with it.</summary>
    /// <exception cref="ScpException">It broke the protocol.</exception>
    /// <exception cref="EndOfStreamException">It is gone, or gave up.</exception>
    protected async ValueTask<bool> AnswerAsync(CancellationToken cancel)
    {
        int answer = await stream.ReadByteAsync(cancel).ConfigureAwait(false);
        if (answer == 0)
        {
            return true;
        }

        if (answer is not (Failed or Fatal))
        {
            throw answer < 0 ? new EndOfStreamException() : new ScpException("protocol error: expected an answer");
        }

        Heard(await stream.ReadLineAsync(cancel).ConfigureAwait(false) ?? "");
        return answer == Failed ? false : throw new EndOfStreamException();
    }

    protected void Received(VirtualPath path, long bytes) => Log.Received(logger, session, path.ToString(), bytes);

    protected void Sent(VirtualPath path, long bytes) => Log.Sent(logger, session, path.ToString(), bytes);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Session} scp received {Path}, bytes {Bytes}")]
        public static partial void Received(ILogger logger, string session, string path, long bytes);

        [LoggerMessage(LogLevel.Information, "{Session} scp sent {Path}, bytes {Bytes}")]
        public static partial void Sent(ILogger logger, string session, string path, long bytes);

        [LoggerMessage(LogLevel.Information, "{Session} scp refused: {Why}")]
        public static partial void Refused(ILogger logger, string session, string why);

        [LoggerMessage(LogLevel.Debug, "{Session} scp is told by its peer: {Message}")]
        public static partial void Heard(ILogger logger, string session, string message);
    }
}
