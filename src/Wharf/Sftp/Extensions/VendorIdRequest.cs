using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>vendor-id, draft-ietf-secsh-filexfer-extensions-00 section 2: the client says who it is, for the log.</summary>
internal sealed class VendorIdRequest() : SftpRequest<VendorId>("vendor-id")
{
    /// <summary>What we say of ourselves in VERSION.</summary>
    public static byte[] Ours()
    {
        using var packet = Packet.Rent();
        string version = typeof(VendorIdRequest).Assembly.GetName().Version?.ToString(3) ?? "";
        new VendorId(0, default, "Wharf", "Wharf", version, 0).WriteData(new WireWriter(packet));
        return packet.Span.ToArray();
    }

    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, VendorId message, CancellationToken cancel)
    {
        session.Introduce(FileNames.ForDisplay($"{message.Vendor} {message.Product} {message.ProductVersion}"));
        return new(session.Ok(message.Id));
    }
}
