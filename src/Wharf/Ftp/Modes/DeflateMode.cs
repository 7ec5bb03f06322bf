using System.IO.Compression;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>
/// MODE Z, draft-preston-ftpext-deflate-04: what MODE S would send, as one zlib stream (RFC 1950) from the opening of the data
/// connection to its end.
/// </summary>
internal sealed class DeflateMode() : TransmissionMode('Z', keepsOpen: false)
{
    /// <summary>Bytes that may inflate to anything before the ratio is looked at: a blank page is no bomb.</summary>
    private const long RatioFreeBytes = 1 << 20;

    private static readonly StreamMode Inner = new();

    /// <summary>
    /// The zlib stream of no bytes: RFC 1950's header, one empty block of RFC 1951, the checksum. An empty file is this; the
    /// framework would send nothing at all.
    /// </summary>
    private static readonly byte[] Nothing = [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

    public override ModeWriter Writer(IConnection connection, TransferParameters parameters, ModeOptions options)
    {
        var deflating = new DeflatingConnection(connection, options.DeflateLevel);
        return new DeflateWriter(deflating, Inner.Writer(deflating, parameters, options));
    }

    public override ModeReader Reader(IConnection connection, TransferParameters parameters, ModeOptions options)
    {
        var inflating = new InflatingConnection(connection, options.Limits);
        return new DeflateReader(inflating, Inner.Reader(inflating, parameters, options));
    }

    private sealed class DeflateWriter(DeflatingConnection deflating, ModeWriter inner) : ModeWriter
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => inner.WriteAsync(bytes, cancel);

        public override ValueTask EndRecordAsync(CancellationToken cancel) => inner.EndRecordAsync(cancel);

        public override async ValueTask FinishAsync(CancellationToken cancel)
        {
            await inner.FinishAsync(cancel).ConfigureAwait(false);
            await deflating.FinishAsync(cancel).ConfigureAwait(false);
        }

        public override void Dispose()
        {
            inner.Dispose();
            deflating.Dispose();
        }
    }

    private sealed class DeflateReader(InflatingConnection inflating, ModeReader inner) : ModeReader
    {
        public override async ValueTask<ModeRead> ReadAsync(Memory<byte> into, CancellationToken cancel)
        {
            var read = await inner.ReadAsync(into, cancel).ConfigureAwait(false);
            if (read.EndOfFile)
            {
                // With STRU R the file says its end before the zlib stream does; both have to be whole.
                await inflating.EnsureEndAsync(cancel).ConfigureAwait(false);
            }

            return read;
        }

        public override void Dispose()
        {
            inner.Dispose();
            inflating.Dispose();
        }
    }

    /// <summary>Sends what it is given deflated. Only sending is for it.</summary>
    private sealed class DeflatingConnection : HalfConnection, IDisposable
    {
        private readonly WireStream _wire;
        private readonly ZLibStream _zlib;
        private bool _any;

        public DeflatingConnection(IConnection connection, int level)
            : base(connection)
        {
            _wire = new WireStream(connection);
            _zlib = new ZLibStream(_wire, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
        }

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _any |= !bytes.IsEmpty;
            return _zlib.WriteAsync(bytes, cancellationToken);
        }

        /// <summary>Ends the zlib stream; the connection's own end is the transfer's.</summary>
        public override async ValueTask FinishAsync(CancellationToken cancellationToken)
        {
            await _zlib.DisposeAsync().ConfigureAwait(false);
            if (!_any)
            {
                await _wire.WriteAsync(Nothing, cancellationToken).ConfigureAwait(false);
            }

            await _wire.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        public void Dispose()
        {
            // A transfer that broke: what zlib still wants to say goes nowhere.
            _wire.Abandon();
            _zlib.Dispose();
            _wire.Dispose();
        }
    }

    /// <summary>Receives inflated bytes, within the limits. Only receiving is for it.</summary>
    private sealed class InflatingConnection : HalfConnection, IDisposable
    {
        private readonly FtpLimits _limits;
        private readonly WireStream _wire;
        private readonly ZLibStream _zlib;
        private Adler32 _sum = new();
        private long _inflated;

        public InflatingConnection(IConnection connection, FtpLimits limits)
            : base(connection)
        {
            _limits = limits;
            _wire = new WireStream(connection);
            _zlib = new ZLibStream(_wire, CompressionMode.Decompress, leaveOpen: true);
        }

        public override async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
        {
            int count = await _zlib.ReadAsync(into, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                await CheckEndAsync(cancellationToken).ConfigureAwait(false);
                return 0;
            }

            _sum.Append(into.Span[..count]);
            _inflated += count;
            if (_inflated > _limits.InflatedBytes || (_inflated - RatioFreeBytes) / _limits.InflationRatio > _wire.Received)
            {
                throw new FileException(FileError.TooLarge, "");
            }

            return count;
        }

        public async ValueTask EnsureEndAsync(CancellationToken cancellationToken)
        {
            if (await ReceiveAsync(new byte[1], cancellationToken).ConfigureAwait(false) > 0)
            {
                throw new InvalidDataException("Data behind the end of the file.");
            }
        }

        public void Dispose()
        {
            _zlib.Dispose();
            _wire.Dispose();
        }

        /// <summary>
        /// The framework neither reports every stream that was cut short nor anything behind its end. RFC 1950 ends a stream
        /// with the checksum of its data: whole and alone means that these are the last four bytes that came.
        /// </summary>
        private async ValueTask CheckEndAsync(CancellationToken cancellationToken)
        {
            if (await _wire.ReadRestAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new InvalidDataException("Data behind the end of the zlib stream.");
            }

            if (_wire.Received < 8 || _wire.LastFour != _sum.Value)
            {
                throw new InvalidDataException("The zlib stream is cut short, or something stands behind it.");
            }
        }
    }
}
