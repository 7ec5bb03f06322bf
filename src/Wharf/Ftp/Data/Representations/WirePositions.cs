using System.Buffers;
using Wharf.Files;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>Where a position on the wire is in a file.</summary>
/// <param name="Offset">Bytes from the file's start.</param>
/// <param name="AfterCarriageReturn">Whether the byte before it, on the wire, is a carriage return.</param>
/// <param name="InsideLineEnd">Whether that carriage return is not in the file: it is the first half of what is LF here.</param>
internal readonly record struct LocalPosition(long Offset, bool AfterCarriageReturn = false, bool InsideLineEnd = false)
{
    /// <summary>
    /// The same, for bytes that arrive: a carriage return that is in the file already is held back again, since an LF behind it
    /// takes its place.
    /// </summary>
    public LocalPosition ForReceiving => AfterCarriageReturn && !InsideLineEnd ? this with { Offset = Offset - 1 } : this;
}

/// <summary>
/// Lengths and positions as the other side counts them: RFC 3659 sections 4 and 5 mean the bytes that would be transferred.
/// Where a conversion lies between, the file is read to know.
/// </summary>
internal static class WirePositions
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Whether <see cref="LengthAsync"/> must read the file.</summary>
    public static bool MustRead(TransferParameters parameters) =>
        parameters.Structure == Structure.Record || parameters.Type == DataType.Ascii;

    /// <summary>
    /// Bytes that a RETR of the whole file would send, before the framing of MODE B and C and the deflating of MODE Z; the
    /// control codes of STRU R in MODE S and Z count.
    /// </summary>
    public static async ValueTask<long> LengthAsync(IFile file, TransferParameters parameters, int codePage, CancellationToken cancel)
    {
        if (!MustRead(parameters))
        {
            return (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
        }

        var count = parameters.Structure == Structure.File ? null : new RecordCount(parameters, codePage);
        long length = 0;
        byte last = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long offset = 0; await file.ReadAsync(offset, buffer.AsMemory(0, BufferBytes), cancel).ConfigureAwait(false) is > 0 and var read; offset += read)
            {
                length += count is null ? Converted(buffer.AsSpan(0, read), last) : count.Add(buffer.AsSpan(0, read));
                last = buffer[read - 1];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return length + (count?.End() ?? 0);
    }

    /// <summary>
    /// Where byte <paramref name="position"/> of the wire (TYPE A, STRU F) is in the file. A position beyond the end is as
    /// far beyond it in the file.
    /// </summary>
    public static async ValueTask<LocalPosition> FindAsync(IFile file, long position, CancellationToken cancel)
    {
        byte last = 0;
        long offset = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (position > 0 && await file.ReadAsync(offset, buffer.AsMemory(0, BufferBytes), cancel).ConfigureAwait(false) is > 0 and var read)
            {
                var bytes = buffer.AsMemory(0, read);
                long converted = Converted(bytes.Span, last);
                if (converted > position)
                {
                    return Walk(bytes.Span, last, position, offset);
                }

                position -= converted;
                offset += read;
                last = buffer[read - 1];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new LocalPosition(offset + position, position == 0 && last == '\r');
    }

    /// <summary>Finds a position in bytes it is known to be in.</summary>
    private static LocalPosition Walk(ReadOnlySpan<byte> bytes, byte last, long position, long offset)
    {
        for (int i = 0; ; i++)
        {
            bool pair = bytes[i] == '\n' && last != '\r';
            if (position < (pair ? 2 : 1))
            {
                return new LocalPosition(offset + i, pair ? position == 1 : last == '\r', pair && position == 1);
            }

            position -= pair ? 2 : 1;
            last = bytes[i];
        }
    }

    private static long Converted(ReadOnlySpan<byte> bytes, byte last) =>
        bytes.Length + bytes.Count((byte)'\n') - bytes.Count("\r\n"u8) - (last == '\r' && bytes[0] == '\n' ? 1 : 0);

    /// <summary>Counts what records take on the wire.</summary>
    private sealed class RecordCount(TransferParameters parameters, int codePage)
    {
        private const int CodeBytes = 2;

        private readonly bool _lines = parameters.Type is DataType.Ascii or DataType.Ebcdic;
        private readonly bool _coded = !ModeTable.Find(parameters.Mode)!.HasMarkers;
        private readonly byte _escape = parameters.Type == DataType.Ebcdic ? Ebcdic.For(codePage).Local(StreamRecordCode.Escape) : StreamRecordCode.Escape;
        private long _records;
        private bool _open;

        public long Add(ReadOnlySpan<byte> bytes)
        {
            long ends = _lines ? bytes.Count((byte)'\n') : 0;
            _records += ends;
            _open = !_lines || bytes[^1] != '\n';
            return bytes.Length - ends + (_coded ? bytes.Count(_escape) : 0);
        }

        /// <summary>The codes; the end of the file shares that of the last record.</summary>
        public long End() => _coded ? CodeBytes * Math.Max(1, _records + (_open ? 1 : 0)) : 0;
    }
}
