using Wharf.Sftp.Messages;
using Wharf.Sftp.Requests;

namespace Wharf.Sftp;

/// <summary>Version 4, draft-ietf-secsh-filexfer-04: typed attributes, names in UTF-8, text mode.</summary>
internal sealed class Version4 : TypedVersion<Layout4>
{
    public static Version4 Instance { get; } = new();

    public override uint Number => 4;

    public override SftpRequest? Find(byte number) => RequestTable.Version4[number];

    protected override SftpCode LastCode => SftpCode.NoMedia;
}
