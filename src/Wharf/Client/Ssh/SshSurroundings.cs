using Microsoft.Extensions.Logging;
using Wharf.Net;
using Wharf.Ssh;
using Wharf.Ssh.Configuration;

namespace Wharf.Client.Ssh;

/// <summary>What a connection takes from the machine it is made on; a test has its own.</summary>
internal sealed record SshSurroundings
{
    /// <summary>Configuration, known hosts and keys.</summary>
    public required PersonalFiles Files { get; init; }

    /// <summary>Who this process belongs to.</summary>
    public required string UserName { get; init; }

    /// <summary>Variables of the environment; null where there is none of that name.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Connects to an agent at a path.</summary>
    public Func<string, CancellationToken, ValueTask<IConnection>> DialAgent { get; init; } = UnixDialer.DialAsync;

    /// <summary>Starts a command whose standard input and output are a connection.</summary>
    public Func<string, ILogger, IConnection> StartCommand { get; init; } = CommandConnection.Start;

    /// <summary>Cookies, ephemeral keys, salts.</summary>
    public Randomness Randomness { get; init; } = Randomness.System;

    /// <summary>Those of this process.</summary>
    public static SshSurroundings OfThisProcess { get; } = new()
    {
        Files = PersonalFiles.OfThisUser(),
        UserName = Environment.UserName,
        Variable = Environment.GetEnvironmentVariable,
    };
}
