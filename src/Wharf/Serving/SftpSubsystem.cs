using Microsoft.Extensions.Logging;
using Wharf.Sftp;
using Wharf.Ssh.Connection;
using Wharf.Wire;

namespace Wharf.Serving;

/// <summary>The subsystem "sftp": SFTP on a channel of SSH, over the account's files.</summary>
/// <param name="options">What it does and does not do.</param>
/// <param name="clock">Every clock of every session.</param>
/// <param name="loggers">Where the log goes.</param>
public sealed class SftpSubsystem(SftpServerOptions options, TimeProvider clock, ILoggerFactory loggers) : ChannelService
{
    private readonly ILogger _logger = loggers.CreateLogger("Wharf.Sftp");

    internal override bool IsSubsystem(string name) => name == "sftp";

    internal override IChannelSink Open(ChannelRequest request, IMessageChannel channel) =>
        new SftpServerSession(request.Login.Files, channel, options, request.Session, request.Login.Name, clock, _logger);
}
