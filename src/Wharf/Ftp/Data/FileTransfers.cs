using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp.Data.Representations;
using Wharf.Ftp.Modes;
using Wharf.Net;

namespace Wharf.Ftp.Data;

/// <summary>Moves a file's bytes over a data connection: by the kernel where nobody must see them, else through a buffer.</summary>
internal static partial class FileTransfers
{
    /// <summary>Bytes read from the disk, or the wire, at a time; performance.md section 3 measured 256 KiB best.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>Received bytes gathered before they are written: records and lines come in small pieces.</summary>
    private const int WriteBytes = 64 * 1024;

    /// <summary>Sends a part of a file.</summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="session">Whose.</param>
    /// <param name="file">The open file; the caller's.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="count">How many bytes of the file.</param>
    /// <param name="connection">The data connection.</param>
    /// <param name="cancel">Stops.</param>
    public static async ValueTask SendAsync(
        Transfer transfer, FtpServerSession session, IFile file, LocalPosition start, long count, IConnection connection, CancellationToken cancel)
    {
        long offset = start.Offset;
        if (transfer.Parameters.IsPlain && file is ILocalFile local && connection is IKernelConnection kernel)
        {
            await kernel.SendFileAsync(local.Handle, offset, count, session.Options.CopyPath, transfer.Meter, cancel).ConfigureAwait(false);
            return;
        }

        using var wire = transfer.Mode.Writer(new MeteredConnection(connection, transfer.Meter), transfer.Parameters, session.ModeOptions);
        using var representation = Representation.For(transfer.Parameters, session.Options.EbcdicCodePage);
        representation.Resume(start.AfterCarriageReturn);
        long markEvery = transfer.Mode.HasMarkers && session.State.MarkEvery > 0 ? session.State.MarkEvery : long.MaxValue;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (count > 0)
            {
                int read = await file.ReadAsync(offset, buffer.AsMemory(0, (int)Math.Min(BufferBytes, count)), cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                count -= read;
                for (var bytes = buffer.AsMemory(0, read); !bytes.IsEmpty;)
                {
                    var piece = bytes[..(int)Math.Min(bytes.Length, markEvery - (offset % markEvery))];
                    await representation.WriteAsync(piece, wire, cancel).ConfigureAwait(false);
                    bytes = bytes[piece.Length..];
                    offset += piece.Length;
                    if (offset % markEvery == 0)
                    {
                        // RFC 959 section 3.5: our marker is the position in the file, which REST takes back.
                        await wire.MarkAsync(Encoding.ASCII.GetBytes(offset.ToString(CultureInfo.InvariantCulture)), cancel).ConfigureAwait(false);
                    }
                }
            }

            await representation.FinishAsync(wire, cancel).ConfigureAwait(false);
            await wire.FinishAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Receives a file until the client ends it.</summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="session">Whose.</param>
    /// <param name="file">The open file; the caller's.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="append">Whether the file appends whatever it is told, also beside other writers.</param>
    /// <param name="connection">The data connection.</param>
    /// <param name="cancel">Stops; what has arrived is written all the same.</param>
    public static async ValueTask ReceiveAsync(
        Transfer transfer, FtpServerSession session, IFile file, LocalPosition start, bool append, IConnection connection, CancellationToken cancel)
    {
        if (transfer.Parameters.IsPlain && !append && file is ILocalFile local && connection is IKernelConnection kernel)
        {
            try
            {
                await kernel.ReceiveFileAsync(local.Handle, start.Offset, long.MaxValue, session.Options.CopyPath, transfer.Meter, cancel).ConfigureAwait(false);
                return;
            }
            catch (DiskException failure)
            {
                throw new FileException(Errno.FromErrno(failure.HResult), transfer.Path, failure);
            }
        }

        using var wire = transfer.Mode.Reader(new MeteredConnection(connection, transfer.Meter), transfer.Parameters, session.ModeOptions);
        using var representation = Representation.For(transfer.Parameters, session.Options.EbcdicCodePage);
        representation.Resume(start.AfterCarriageReturn);
        await PumpAsync(session, wire, representation, file, start.Offset, append, cancel).ConfigureAwait(false);
        transfer.Unread = wire.Unread.ToArray();
        if (wire.SuspectBytes > 0)
        {
            Log.Suspect(session.Logger, session.Id, transfer.Verb, wire.SuspectBytes, FileNames.ForDisplay(transfer.Path.Value));
        }
    }

    private static async ValueTask PumpAsync(
        FtpServerSession session, ModeReader wire, Representation representation, IFile file, long offset, bool append, CancellationToken cancel)
    {
        byte[] gathered = ArrayPool<byte>.Shared.Rent(BufferBytes);
        byte[]? received = representation.IsIdentity ? null : ArrayPool<byte>.Shared.Rent(BufferBytes);
        int count = 0;

        async ValueTask WriteAsync(CancellationToken cancellation)
        {
            int writing = count;
            count = 0;
            if (writing > 0)
            {
                await file.WriteAsync(offset, new ReadOnlySequence<byte>(gathered, 0, writing), cancellation).ConfigureAwait(false);
                offset += writing;
            }
        }

        try
        {
            while (true)
            {
                int room = BufferBytes - count - Representation.MostAddedBytes;
                var read = await wire.ReadAsync(received is null ? gathered.AsMemory(count, room) : received.AsMemory(0, room), cancel).ConfigureAwait(false);
                count += received is null
                    ? read.Count
                    : representation.FromWire(received.AsSpan(0, read.Count), read.EndOfRecord, read.EndOfFile, gathered.AsSpan(count));
                if (count >= WriteBytes || read.EndOfFile || read.Marker is not null)
                {
                    await WriteAsync(cancel).ConfigureAwait(false);
                }

                if (read.Marker is { } marker)
                {
                    long position = offset;
                    if (representation.HoldsCarriageReturn && !append)
                    {
                        // Half of a CRLF is here: the marker stands behind it, and what follows may yet take its place.
                        await file.WriteAsync(position++, new ReadOnlySequence<byte>([(byte)'\r']), cancel).ConfigureAwait(false);
                    }

                    // RFC 959 section 3.5: 110 tells the sender which of our positions its marker stands for.
                    await session.SendAsync(new Reply(110, $"MARK {marker} = {position}")).ConfigureAwait(false);
                }

                if (read.EndOfFile)
                {
                    return;
                }
            }
        }
        finally
        {
            try
            {
                // Of a transfer that broke, what arrived is kept where the file is written in place.
                await WriteAsync(CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(gathered);
                if (received is not null)
                {
                    ArrayPool<byte>.Shared.Return(received);
                }
            }
        }
    }

    /// <summary>Whether text made with CRLF is what goes on the wire already, so that no conversion need see it.</summary>
    public static bool SendsTextAsMade(TransferParameters parameters) => parameters is { Type: DataType.Ascii, Structure: Structure.File };

    /// <summary>
    /// Sends text that is made as it goes: listings. Lines end with CRLF where <see cref="SendsTextAsMade"/>, else with LF alone.
    /// </summary>
    public static async ValueTask SendTextAsync(
        Transfer transfer, FtpServerSession session, IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, IConnection connection, CancellationToken cancel)
    {
        using var wire = transfer.Mode.Writer(new MeteredConnection(connection, transfer.Meter), transfer.Parameters, session.ModeOptions);
        if (SendsTextAsMade(transfer.Parameters))
        {
            await foreach (var piece in pieces.WithCancellation(cancel).ConfigureAwait(false))
            {
                await wire.WriteAsync(piece, cancel).ConfigureAwait(false);
            }

            await wire.FinishAsync(cancel).ConfigureAwait(false);
            return;
        }

        using var representation = Representation.For(transfer.Parameters, session.Options.EbcdicCodePage);
        await foreach (var piece in pieces.WithCancellation(cancel).ConfigureAwait(false))
        {
            await representation.WriteAsync(piece, wire, cancel).ConfigureAwait(false);
        }

        await representation.FinishAsync(wire, cancel).ConfigureAwait(false);
        await wire.FinishAsync(cancel).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Session} {Verb} {Path}: the sender suspects errors in {Bytes} bytes of it")]
        public static partial void Suspect(ILogger logger, string session, string verb, long bytes, string path);
    }
}
