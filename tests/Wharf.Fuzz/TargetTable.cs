using Wharf.Fuzz.Targets;

namespace Wharf.Fuzz;

/// <summary>All that is fed odd bytes.</summary>
internal static class TargetTable
{
    public static readonly IReadOnlyList<FuzzTarget> Rows =
    [
        new ControlLineTarget(),
        new CommandTarget("commands", login: true),
        new CommandTarget("commands-before-login", login: false),
        new AddressTarget(),
        new ArgumentTarget(),
        new FactsTarget(),
        new ListingTarget(),
        new ClientReplyTarget(),
        new ModeReaderTarget("block", 'B'),
        new ModeReaderTarget("compressed", 'C'),
        new ModeReaderTarget("deflate", 'Z'),
        new ModeReaderTarget("records", 'S'),
        new ModeRoundTripTarget(),
        new GlobTarget(),
        new PathTarget(),
        new SealedPacketTarget(),
        new CompressedPayloadTarget(),
        new WireReaderTarget(),
        new KeyExchangeTarget(),
        new SshConnectionTarget("version-line", framed: false),
        new SshConnectionTarget("clear-packet", framed: true),
        new SshMessageTarget(),
        new HandshakeTarget(),
        new UserAuthServerTarget(),
        new UserAuthClientTarget(),
        new ChannelTarget("channel", isServer: true),
        new ChannelTarget("channel-client", isServer: false),
        new PublicKeyTarget(),
        new PrivateKeyTarget(),
        new AuthorizedKeysTarget(),
        new KnownHostsTarget(),
        new SshConfigurationTarget(),
        new AgentReplyTarget(),
        new SftpRequestTarget(),
        new OcspResponseTarget(),
        new CertificateFileTarget(),
        new CertificateNamesTarget(),
    ];
}
