using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data;

/// <summary>
/// TYPE and STRU, RFC 959 section 3.1: between the bytes of a file here and their form on the wire. One object serves one
/// transfer in one direction.
/// </summary>
internal abstract class Representation
{
    /// <summary>Most bytes <see cref="FromWire"/> writes for one byte read.</summary>
    public const int MostLocalPerWire = 2;

    /// <summary>Whether received bytes are the file's bytes, so that <see cref="FromWire"/> need not be asked.</summary>
    public virtual bool IsIdentity => false;

    /// <summary>Sends bytes of the file.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel);

    /// <summary>The file is complete; a record that is still open ends.</summary>
    public abstract ValueTask FinishAsync(ModeWriter wire, CancellationToken cancel);

    /// <summary>Turns received bytes into bytes of the file; returns their count.</summary>
    /// <param name="wire">What one read returned; all of it is used.</param>
    /// <param name="endOfRecord">Whether a record ended behind it.</param>
    /// <param name="endOfFile">Whether the file ended behind it.</param>
    /// <param name="local">At least <see cref="MostLocalPerWire"/> times the bytes of <paramref name="wire"/>, plus 4.</param>
    public abstract int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local);

    /// <summary>What serves these parameters.</summary>
    public static Representation For(TransferParameters parameters, int codePage) =>
        parameters is { Type: DataType.Image or DataType.Local } ? new AsItIs(parameters.Structure) : new Lines();

    /// <summary>TYPE I: bytes as they are; with STRU R the file is one record.</summary>
    private sealed class AsItIs(Structure structure) : Representation
    {
        public override bool IsIdentity => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel) => wire.WriteAsync(local, cancel);

        public override ValueTask FinishAsync(ModeWriter wire, CancellationToken cancel) =>
            structure == Structure.Record ? wire.EndRecordAsync(cancel) : ValueTask.CompletedTask;

        public override int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local)
        {
            wire.CopyTo(local);
            return wire.Length;
        }
    }

    /// <summary>TYPE A over STRU F: LF here is CRLF there.</summary>
    private sealed class Lines : Representation
    {
        private bool _afterCarriageReturn;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel)
        {
            byte[] converted = new byte[local.Length * 2];
            int length = 0;
            foreach (byte b in local.Span)
            {
                if (b == '\n' && !_afterCarriageReturn)
                {
                    converted[length++] = (byte)'\r';
                }

                converted[length++] = b;
                _afterCarriageReturn = b == '\r';
            }

            await wire.WriteAsync(converted.AsMemory(0, length), cancel).ConfigureAwait(false);
        }

        public override ValueTask FinishAsync(ModeWriter wire, CancellationToken cancel) => ValueTask.CompletedTask;

        public override int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local)
        {
            int length = 0;
            foreach (byte b in wire)
            {
                if (_afterCarriageReturn && b != '\n')
                {
                    local[length++] = (byte)'\r';
                }

                _afterCarriageReturn = b == '\r';
                if (!_afterCarriageReturn)
                {
                    local[length++] = b;
                }
            }

            if (endOfFile && _afterCarriageReturn)
            {
                local[length++] = (byte)'\r';
            }

            return length;
        }
    }
}
