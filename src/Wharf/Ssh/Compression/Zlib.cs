using System.Buffers;
using System.IO.Compression;
using Wharf.Wire;

namespace Wharf.Ssh.Compression;

/// <summary>
/// zlib@openssh.com: the zlib stream of RFC 4253 section 6.2, from the end of user authentication on (OpenSSH's PROTOCOL section
/// 1.2), so that nobody unknown reaches a decompressor. One stream a direction and key period, each payload flushed.
/// </summary>
internal sealed class Zlib() : CompressionMethod("zlib@openssh.com")
{
    /// <summary>zlib's own default, which OpenSSH takes too.</summary>
    private const int Level = 6;

    /// <summary>How much is decompressed at once, and so how far past the bound at most.</summary>
    private const int StepBytes = 8192;

    public override Compressor? CreateCompressor() => new Deflater();

    public override Decompressor? CreateDecompressor(int mostBytes) => new Inflater(mostBytes);

    private sealed class Deflater : Compressor
    {
        private readonly PacketStream _compressed = new();
        private readonly ZLibStream _zlib;

        public Deflater() => _zlib = new(_compressed, new ZLibCompressionOptions { CompressionLevel = Level });

        public override void Compress(ReadOnlySpan<byte> payload, Packet into)
        {
            _compressed.Into = into;
            _zlib.Write(payload);
            _zlib.Flush(); // a sync flush: whole bytes, and the stream goes on
            _compressed.Into = null;
        }

        public override void Dispose() => _zlib.Dispose();
    }

    private sealed class Inflater : Decompressor
    {
        private readonly PayloadStream _compressed = new();
        private readonly ZLibStream _zlib;
        private readonly int _mostBytes;

        public Inflater(int mostBytes)
        {
            _mostBytes = mostBytes;
            _zlib = new(_compressed, CompressionMode.Decompress);
        }

        public override void Decompress(ReadOnlySpan<byte> compressed, Packet into)
        {
            int before = into.Length;
            byte[] payload = ArrayPool<byte>.Shared.Rent(compressed.Length);
            try
            {
                compressed.CopyTo(payload);
                _compressed.Payload = payload.AsMemory(0, compressed.Length);
                Inflate(into, before);
            }
            finally
            {
                _compressed.Payload = default;
                ArrayPool<byte>.Shared.Return(payload);
            }

            // A payload has a message number at least; one that comes to nothing is cut, or behind the end of the stream.
            if (into.Length == before)
            {
                throw new WireException("A compressed payload that holds nothing.");
            }
        }

        public override void Dispose() => _zlib.Dispose();

        private void Inflate(Packet into, int before)
        {
            int count;
            do
            {
                int filled = into.Length;
                int room = Math.Min(StepBytes, _mostBytes - (filled - before) + 1);
                count = Read(into.Append(room));
                into.Truncate(filled + count);
                if (into.Length - before > _mostBytes)
                {
                    throw new WireException($"A compressed payload that grows past {_mostBytes} bytes.");
                }
            }
            while (count > 0);
        }

        private int Read(Span<byte> room)
        {
            try
            {
                return _zlib.Read(room);
            }
            catch (Exception broken) when (broken is InvalidDataException or IOException)
            {
                // An IOException is how a header that wants a preset dictionary comes out.
                throw new WireException("A compressed payload that is no zlib stream.");
            }
        }
    }

    /// <summary>Appends what is written to a packet; what comes without one is the end of a stream that nobody reads.</summary>
    private sealed class PacketStream : OneWayStream
    {
        public Packet? Into { get; set; }

        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Into is { } packet)
            {
                buffer.CopyTo(packet.Append(buffer.Length));
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }

    /// <summary>
    /// Gives one payload after the other. At the end of each it reads as ended, and the decompressor, having given everything
    /// the flush let it give, stops there until the next.
    /// </summary>
    private sealed class PayloadStream : OneWayStream
    {
        /// <summary>What is left of the payload; the caller's memory.</summary>
        public ReadOnlyMemory<byte> Payload { get; set; }

        public override bool CanRead => true;

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, Payload.Length);
            Payload.Span[..count].CopyTo(buffer);
            Payload = Payload[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }

    /// <summary>What a <see cref="ZLibStream"/> asks of neither of the two.</summary>
    private abstract class OneWayStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
