using Wharf.Sftp.Extensions;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_EXTENDED: finds the row by its name and asks that.</summary>
internal sealed class ExtendedRequest() : SftpRequest("EXTENDED")
{
    public override (OpenHandle? First, OpenHandle? Second) Handles(SftpServerSession session, ReadOnlyMemory<byte> body) =>
        Find(session, body) is { } extension ? extension.Handles(session, body) : default;

    public override ValueTask<Packet> AnswerAsync(SftpServerSession session, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        Find(session, body)?.AnswerAsync(session, body, cancel) ?? throw new SftpException(SftpFailure.Unknown);

    private static SftpRequest? Find(SftpServerSession session, ReadOnlyMemory<byte> body)
    {
        var reader = new WireReader(body);
        return ExtensionTable.Find(Extended.Read(ref reader).Name.Span, session.Version);
    }
}
