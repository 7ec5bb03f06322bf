using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <content>Uploads: the data of WRITE goes from the receive buffers to the file, many requests at once.</content>
internal sealed partial class SftpServerSession
{
    /// <summary>Reads the header of a WRITE. False where it is none that could be ours: then it is a message like all others.</summary>
    private bool TryBeginWrite(ReadOnlySpan<byte> header, int whole)
    {
        if (header.Length < WriteHeaderBytes)
        {
            return false;
        }

        uint id = BinaryPrimitives.ReadUInt32BigEndian(header[5..]);
        uint handleBytes = BinaryPrimitives.ReadUInt32BigEndian(header[9..]);
        var handle = header.Slice(13, HandleTable.HandleBytes);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[29..]);
        if (handleBytes != HandleTable.HandleBytes || length > (uint)(whole - WriteHeaderBytes))
        {
            return false;
        }

        // Go's pkg/sftp 1.13 (rclone 1.60) sends its last, short block with the rest of its buffer behind it; OpenSSH does not mind.
        int spare = whole - WriteHeaderBytes - (int)length;

        var file = Handles.Find(handle) as OpenFile;
        ulong offset = file is { IgnoresOffsets: true } ? 0 : BinaryPrimitives.ReadUInt64BigEndian(header[21..]);
        SftpFailure? refused = file is null ? SftpFailure.InvalidHandle
            : offset > long.MaxValue - (ulong)length ? SftpFailure.Of(FileError.TooLarge)
            : (file.Access & FileAccess.Write) == 0 ? SftpFailure.Of(FileError.Denied)
            : null;
        if (_batch is { } batch && (refused is not null || batch.File != file || batch.IsFull || ((long)offset != batch.Offset + batch.Bytes && !file.IgnoresOffsets)))
        {
            FlushWrites();
        }

        _asked = true;
        if (refused is { } failure)
        {
            // Its data is passed over as it comes.
            _channel.Send(Failed(id, failure));
            _incoming = new(id, (int)length, spare, null);
            return true;
        }

        _batch ??= WriteBatch.Rent(file!, (long)offset);
        _incoming = new(id, (int)length, spare, _batch);
        if (length == 0)
        {
            _batch.Complete(id);
        }

        return true;
    }

    /// <summary>Takes data of the WRITE whose header was read last; returns how much.</summary>
    private int TakeData(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        int count;
        if (_incoming.Left == 0)
        {
            count = Math.Min(bytes.Length, _incoming.Spare);
            _incoming = _incoming with { Spare = _incoming.Spare - count };
            _worked += count;
            return count;
        }

        count = Math.Min(bytes.Length, _incoming.Left);
        _incoming = _incoming with { Left = _incoming.Left - count };
        if (_incoming.Batch is not { } batch)
        {
            _worked += count;
            return count;
        }

        batch.Add(bytes[..count], buffer);
        if (_incoming.Left == 0)
        {
            batch.Complete(_incoming.Request);
            if (batch.IsFull)
            {
                FlushWrites();
            }
        }

        return count;
    }

    /// <summary>Writes what is gathered of whole requests; what is there of one that is not stays.</summary>
    private void FlushWrites()
    {
        if (_batch is not { Requests.Count: > 0 } batch)
        {
            return;
        }

        _batch = _incoming.Left > 0 && _incoming.Batch == batch ? batch.SplitIncomplete() : null;
        _incoming = _incoming with { Batch = _batch };
        var file = batch.File;
        ValueTask writing;
        try
        {
            writing = file.IsBusy ? WriteAfterAsync(file.Tail, batch) : file.WriteAsync(batch.Offset, batch.Sequence, _stop.Token);
            if (writing.IsCompletedSuccessfully)
            {
                writing.GetAwaiter().GetResult();
                Written(batch, null);
                return;
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Written(batch, failure);
            return;
        }

        _inFlight += batch.Requests.Count;
        _queuedBytes += batch.HeldBytes;
        file.Tail = FinishWriteAsync(batch, writing);
    }

    private async ValueTask WriteAfterAsync(Task before, WriteBatch batch)
    {
        await before.ConfigureAwait(false);
        var file = batch.File;
        await file.WriteAsync(batch.Offset, batch.Sequence, _stop.Token).ConfigureAwait(false);
    }

    private async Task FinishWriteAsync(WriteBatch batch, ValueTask writing)
    {
        Exception? failure = null;
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            failure = thrown;
        }

        lock (_gate)
        {
            _queuedBytes -= batch.HeldBytes;
            int requests = batch.Requests.Count;
            Written(batch, failure);
            Finished(requests);
        }

        _channel.Flush();
    }

    /// <summary>Answers the requests of a batch, all in one packet, and gives its buffers back.</summary>
    private void Written(WriteBatch batch, Exception? thrown)
    {
        if (thrown is null)
        {
            batch.File.CountWritten(batch.Bytes);
        }

        var failure = thrown is null ? default(SftpFailure?) : FailureOf(thrown, "WRITE");
        if (thrown is null || failure is not null)
        {
            var packet = Packet.Rent(batch.Requests.Count * 32);
            foreach (uint request in batch.Requests)
            {
                SftpPacket.Append(packet, StatusOf(request, failure));
            }

            _channel.Send(packet);
        }

        _worked += (int)batch.Bytes;
        batch.Release();
    }

    /// <summary>A WRITE whose header was read.</summary>
    /// <param name="Request">Its id.</param>
    /// <param name="Left">Bytes of data that are still to come.</param>
    /// <param name="Spare">Bytes of the message behind its data, which mean nothing.</param>
    /// <param name="Batch">Where they go; null where it was refused.</param>
    private readonly record struct IncomingWrite(uint Request, int Left, int Spare, WriteBatch? Batch)
    {
        /// <summary>Whether some of it is still to come.</summary>
        public bool IsUnderWay => Left > 0 || Spare > 0;
    }
}
