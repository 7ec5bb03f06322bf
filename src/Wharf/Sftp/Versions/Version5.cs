using Wharf.Sftp.Messages;
using Wharf.Sftp.Requests;

namespace Wharf.Sftp;

/// <summary>Version 5, draft-ietf-secsh-filexfer-05: OPEN says what is wanted, RENAME may replace, lines of text can be sought.</summary>
internal sealed class Version5 : TypedVersion<Layout5>
{
    public static Version5 Instance { get; } = new();

    public override uint Number => 5;

    public override SftpRequest? Find(byte number) => RequestTable.Version5[number];

    protected override SftpCode LastCode => SftpCode.LockConflict;
}
