using Microsoft.Extensions.Logging;
using Wharf.Scp;
using Wharf.Ssh.Connection;
using Wharf.Wire;

namespace Wharf.Serving;

/// <summary>
/// The one command that can be executed: "scp", the far end of OpenSSH's "scp -O". It reaches the account's files and nothing
/// else; no program is started and no shell reads the command line.
/// </summary>
/// <param name="options">What it does and does not do.</param>
/// <param name="loggers">Where the log goes.</param>
public sealed class ScpCommand(ScpOptions options, ILoggerFactory loggers) : ChannelService
{
    private readonly ILogger _logger = loggers.CreateLogger("Wharf.Scp");

    internal override bool IsCommand(string commandLine) => ScpArguments.Parse(commandLine) is not null;

    internal override IChannelSink Open(ChannelRequest request, IMessageChannel channel) => new ScpChannel(
        request, ScpArguments.Parse(request.CommandLine) ?? throw new ArgumentException("Not a command that was agreed to.", nameof(request)), channel,
        options, _logger);
}
