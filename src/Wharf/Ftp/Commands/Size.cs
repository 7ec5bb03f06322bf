using System.Buffers;
using Wharf.Files;
using Wharf.Ftp.Data;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Commands;

/// <summary>
/// SIZE, RFC 3659 section 4: the bytes RETR would send now, before the mode frames them. Where TYPE converts, the file is
/// converted to count them, up to <see cref="FtpLimits.SizeScanBytes"/>.
/// </summary>
internal sealed class Size() : FtpCommand("SIZE", Argument.Required, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["SIZE"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        var entry = await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false)
            ?? throw new FileException(FileError.NotFound, path);
        if (!entry.IsFile)
        {
            throw new FileException(entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, path);
        }

        var parameters = session.State.Parameters;
        if (parameters.Structure == Structure.File && parameters.Type is DataType.Image or DataType.Local)
        {
            return Reply.FileStatus(FormattableString.Invariant($"{entry.Length}"));
        }

        if (parameters.Structure != Structure.File || entry.Length > session.Options.Limits.SizeScanBytes)
        {
            return Reply.NotAvailable($"Its size in this representation is not known; use TYPE I.");
        }

        return Reply.FileStatus(FormattableString.Invariant($"{await ConvertedAsync(session, path, cancel).ConfigureAwait(false)}"));
    }

    private static async ValueTask<long> ConvertedAsync(FtpServerSession session, VirtualPath path, CancellationToken cancel)
    {
        var file = await session.Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        var representation = Representation.For(session.State.Parameters, session.Options.EbcdicCodePage);
        using var counter = new Counter();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long offset = 0;
            int read;
            while (offset < session.Options.Limits.SizeScanBytes && (read = await file.ReadAsync(offset, buffer, cancel).ConfigureAwait(false)) > 0)
            {
                await representation.WriteAsync(buffer.AsMemory(0, read), counter, cancel).ConfigureAwait(false);
                offset += read;
            }

            await representation.FinishAsync(counter, cancel).ConfigureAwait(false);
            return counter.Bytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A wire that only counts.</summary>
    private sealed class Counter : ModeWriter
    {
        public long Bytes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            Bytes += bytes.Length;
            return ValueTask.CompletedTask;
        }

        public override ValueTask EndRecordAsync(CancellationToken cancel) => ValueTask.CompletedTask;

        public override ValueTask FinishAsync(CancellationToken cancel) => ValueTask.CompletedTask;
    }
}
