using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>
/// MODE S, RFC 959 section 3.4.1: the bytes as they are, and closing the connection is the end of the file; with STRU R,
/// <see cref="StreamRecordWriter"/> and <see cref="StreamRecordReader"/>.
/// </summary>
internal sealed class StreamMode() : TransmissionMode('S', keepsOpen: false)
{
    public override ModeWriter Writer(IConnection connection, TransferParameters parameters, ModeOptions options) =>
        parameters.Structure == Structure.Record ? new StreamRecordWriter(connection) : new PlainWriter(connection);

    public override ModeReader Reader(IConnection connection, TransferParameters parameters, ModeOptions options) =>
        parameters.Structure == Structure.Record ? new StreamRecordReader(connection) : new PlainReader(connection);

    private sealed class PlainWriter(IConnection connection) : ModeWriter
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => connection.SendAsync(bytes, cancel);

        public override ValueTask EndRecordAsync(CancellationToken cancel) => ValueTask.CompletedTask;

        public override ValueTask FinishAsync(CancellationToken cancel) => ValueTask.CompletedTask;

        public override void Dispose()
        {
        }
    }

    private sealed class PlainReader(IConnection connection) : ModeReader
    {
        public override async ValueTask<ModeRead> ReadAsync(Memory<byte> into, CancellationToken cancel)
        {
            int count = await connection.ReceiveAsync(into, cancel).ConfigureAwait(false);
            return new ModeRead(count, EndOfFile: count == 0);
        }

        public override void Dispose()
        {
        }
    }
}
