using System.Buffers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;

namespace Wharf.Ftp.Data;

/// <summary>Moves a file's bytes over a data connection: by the kernel where nobody must see them, else through a buffer.</summary>
internal static class FileTransfers
{
    /// <summary>Bytes read from the disk, or the wire, at a time; performance.md section 3 measured 256 KiB best.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>Sends a part of a file.</summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="session">Whose.</param>
    /// <param name="file">The open file; the caller's.</param>
    /// <param name="offset">Where to begin, bytes.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="connection">The data connection.</param>
    /// <param name="cancel">Stops.</param>
    public static async ValueTask SendAsync(
        Transfer transfer, FtpServerSession session, IFile file, long offset, long count, IConnection connection, CancellationToken cancel)
    {
        if (transfer.Parameters.IsPlain && file is ILocalFile local && connection is IKernelConnection kernel)
        {
            await kernel.SendFileAsync(local.Handle, offset, count, session.Options.CopyPath, transfer.Meter, cancel).ConfigureAwait(false);
            return;
        }

        using var wire = transfer.Mode.Writer(new MeteredConnection(connection, transfer.Meter), transfer.Parameters.Structure, session.ModeOptions);
        var representation = Representation.For(transfer.Parameters, session.Options.EbcdicCodePage);
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

                offset += read;
                count -= read;
                await representation.WriteAsync(buffer.AsMemory(0, read), wire, cancel).ConfigureAwait(false);
            }

            await representation.FinishAsync(wire, cancel).ConfigureAwait(false);
            await wire.FinishAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Receives a file until the client ends it; returns the bytes written.</summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="session">Whose.</param>
    /// <param name="file">The open file; the caller's.</param>
    /// <param name="offset">Where to begin, bytes.</param>
    /// <param name="kernelMayWrite">Whether the bytes may go to the descriptor directly (not for appends beside other writers).</param>
    /// <param name="connection">The data connection.</param>
    /// <param name="cancel">Stops.</param>
    public static async ValueTask<long> ReceiveAsync(
        Transfer transfer, FtpServerSession session, IFile file, long offset, bool kernelMayWrite, IConnection connection, CancellationToken cancel)
    {
        if (transfer.Parameters.IsPlain && kernelMayWrite && file is ILocalFile local && connection is IKernelConnection kernel)
        {
            try
            {
                return await kernel.ReceiveFileAsync(local.Handle, offset, session.Options.CopyPath, transfer.Meter, cancel).ConfigureAwait(false);
            }
            catch (DiskException failure)
            {
                throw new FileException(Errno.FromErrno(failure.HResult), transfer.Path, failure);
            }
        }

        using var wire = transfer.Mode.Reader(new MeteredConnection(connection, transfer.Meter), transfer.Parameters.Structure, session.ModeOptions);
        var representation = Representation.For(transfer.Parameters, session.Options.EbcdicCodePage);
        byte[] received = ArrayPool<byte>.Shared.Rent(BufferBytes);
        byte[]? converted = representation.IsIdentity ? null : ArrayPool<byte>.Shared.Rent((BufferBytes * Representation.MostLocalPerWire) + 4);
        long start = offset;
        try
        {
            while (true)
            {
                var read = await wire.ReadAsync(received.AsMemory(0, BufferBytes), cancel).ConfigureAwait(false);
                var bytes = received.AsMemory(0, read.Count);
                if (converted is not null)
                {
                    bytes = converted.AsMemory(0, representation.FromWire(bytes.Span, read.EndOfRecord, read.EndOfFile, converted));
                }

                if (!bytes.IsEmpty)
                {
                    await file.WriteAsync(offset, new ReadOnlySequence<byte>(bytes), cancel).ConfigureAwait(false);
                    offset += bytes.Length;
                }

                if (read.Marker is { } marker)
                {
                    // RFC 959 section 3.5: 110 tells the sender which of our positions its marker stands for.
                    await session.SendAsync(new Reply(110, $"MARK {marker} = {offset}")).ConfigureAwait(false);
                }

                if (read.EndOfFile)
                {
                    return offset - start;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(received);
            if (converted is not null)
            {
                ArrayPool<byte>.Shared.Return(converted);
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
        using var wire = transfer.Mode.Writer(new MeteredConnection(connection, transfer.Meter), transfer.Parameters.Structure, session.ModeOptions);
        if (SendsTextAsMade(transfer.Parameters))
        {
            await foreach (var piece in pieces.WithCancellation(cancel).ConfigureAwait(false))
            {
                await wire.WriteAsync(piece, cancel).ConfigureAwait(false);
            }

            await wire.FinishAsync(cancel).ConfigureAwait(false);
            return;
        }

        var representation = Representation.For(transfer.Parameters, session.Options.EbcdicCodePage);
        await foreach (var piece in pieces.WithCancellation(cancel).ConfigureAwait(false))
        {
            await representation.WriteAsync(piece, wire, cancel).ConfigureAwait(false);
        }

        await representation.FinishAsync(wire, cancel).ConfigureAwait(false);
        await wire.FinishAsync(cancel).ConfigureAwait(false);
    }
}
