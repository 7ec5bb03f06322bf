using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>A command on its way and the replies it waits for. Commands are answered in the order they were sent.</summary>
internal sealed class PendingCommand
{
    private readonly TaskCompletionSource<ServerReply> _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _line;
    private readonly TaskCompletionSource<ServerReply> _final = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="verb">The command.</param>
    /// <param name="argument">Its argument, bytes that are not UTF-8 escaped; null for none.</param>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>: CR, LF or NUL, which would be another command or the end of this one.</exception>
    public PendingCommand(string verb, string? argument = null)
    {
        Verb = verb;
        Argument = argument;
        if (argument is not null && argument.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw new FileException(FileError.BadName, argument);
        }

        _line = FileNames.Encode(argument is null ? verb : verb + " " + argument);
        _ = _opening.Task.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = _final.Task.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>The command.</summary>
    public string Verb { get; }

    /// <summary>Its argument; null for none.</summary>
    public string? Argument { get; }

    /// <summary>Where the final reply has this code, nothing more is read from the connection as it is: AUTH's 234. 0 for never.</summary>
    public int EndsReadingOn { get; init; }

    /// <summary>The first reply, preliminary or final.</summary>
    public Task<ServerReply> Opening => _opening.Task;

    /// <summary>The final reply.</summary>
    public Task<ServerReply> Final => _final.Task;

    /// <summary>A preliminary reply came; restart markers and the like behind the first one are passed over.</summary>
    public void Open(ServerReply reply) => _opening.TrySetResult(reply);

    /// <summary>The final reply came.</summary>
    public void Complete(ServerReply reply)
    {
        _final.TrySetResult(reply);
        _opening.TrySetResult(reply);
    }

    /// <summary>It never comes.</summary>
    public void Fail(Exception why)
    {
        _final.TrySetException(why);
        _opening.TrySetException(why);
    }

    /// <summary>Writes the line as it goes over the wire.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="telnet">Whether the server speaks Telnet (RFC 854): then a byte 0xFF is said twice, or it begins a Telnet command.</param>
    public void Write(IBufferWriter<byte> into, bool telnet)
    {
        foreach (byte b in _line)
        {
            into.Write(b == 0xFF && telnet ? [0xFF, 0xFF] : [b]);
        }

        into.Write("\r\n"u8);
    }
}
