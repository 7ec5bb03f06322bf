using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Connection;

/// <summary>
/// What a session channel can be used for: a subsystem by its name (RFC 4254 section 6.5), or a command. There is nothing else
/// to be reached, and above all no shell.
/// </summary>
public abstract class ChannelService
{
    private protected ChannelService()
    {
    }

    /// <summary>Whether it serves that subsystem.</summary>
    internal virtual bool IsSubsystem(string name) => false;

    /// <summary>Whether it serves that "exec" command line.</summary>
    internal virtual bool IsCommand(string commandLine) => false;

    /// <summary>Begins to serve on a channel. Called from the channel's reading loop.</summary>
    internal abstract IChannelSink Open(ChannelRequest request, IMessageChannel channel);
}

/// <summary>What was asked for, by whom.</summary>
/// <param name="Login">The account with its file system.</param>
/// <param name="Session">The session's id, for the log.</param>
/// <param name="CommandLine">The command line of an "exec"; "" for a subsystem.</param>
internal sealed record ChannelRequest(Login Login, string Session, string CommandLine);
