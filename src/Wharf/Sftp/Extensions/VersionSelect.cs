using System.Globalization;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>
/// version-select, draft-ietf-secsh-filexfer-13 section 5.5: one of the versions that "versions" in VERSION names, for clients
/// that would rather speak another than the one INIT chose.
/// </summary>
internal sealed class VersionSelect() : SftpRequest<ExtendedText>("version-select")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedText message, CancellationToken cancel)
    {
        bool known = uint.TryParse(session.Text(message.Text), NumberStyles.None, CultureInfo.InvariantCulture, out uint version);

        // 0 is no version of ours, so that text that is no number fails in the same way. The answer has the form of the version before.
        return new(session.TrySelect(known ? version : 0) ? session.Ok(message.Id) : session.Failed(message.Id, SftpFailure.InvalidParameter));
    }
}
