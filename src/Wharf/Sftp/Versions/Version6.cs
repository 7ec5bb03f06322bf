using Wharf.Sftp.Messages;
using Wharf.Sftp.Requests;

namespace Wharf.Sftp;

/// <summary>Version 6, draft-ietf-secsh-filexfer-13: LINK, locks (refused), REALPATH that composes, listings that say where they end.</summary>
internal sealed class Version6 : TypedVersion<Layout6>
{
    public static Version6 Instance { get; } = new();

    public override uint Number => 6;

    public override SftpRequest? Find(byte number) => RequestTable.Version6[number];

    protected override SftpCode LastCode => SftpCode.NoMatchingByteRangeLock;
}
