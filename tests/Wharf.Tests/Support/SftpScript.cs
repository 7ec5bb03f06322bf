using System.Buffers;
using System.Buffers.Binary;
using System.Threading.Channels;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Tests.Support;

/// <summary>A client's session whose server is the test: it sees each request and sends what it likes, in any order, cut as it likes.</summary>
internal sealed class SftpScript : IAsyncDisposable
{
    private readonly Pipe _pipe = new();

    public SftpScript(TimeSpan idle = default)
    {
        Client = new SftpClientSession(_pipe, Clock, new ClientTimeouts { Idle = idle });
        _pipe.Client = Client;
        Pool = new(_ => Task.FromResult(Client), 1, SftpFiles.SharesOfSession, TimeSpan.Zero, Clock);
        Files = new(Pool, Clock, Log);
    }

    public ManualClock Clock { get; } = new();

    public LogLines Log { get; } = new();

    public SftpClientSession Client { get; }

    public SessionPool<SftpClientSession> Pool { get; }

    public SftpFiles Files { get; }

    /// <summary>Bytes of the server's that the client has worked off.</summary>
    public long Consumed => _pipe.ConsumedBytes;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A session that has begun, with these extensions.</summary>
    public static async Task<SftpScript> BeginAsync(params string[] extensions) => await BeginAsync(default, extensions);

    /// <inheritdoc cref="BeginAsync(string[])"/>
    public static async Task<SftpScript> BeginAsync(TimeSpan idle, params string[] extensions)
    {
        var script = new SftpScript(idle);
        var beginning = script.Client.BeginAsync(Cancel);
        Assert.Equal(3u, SftpPair.Parse<Init>(await script.AskedAsync()).Version);
        script.Send(new ServerVersion(3, SftpPair.Fields([.. extensions.SelectMany(name => new object[] { name, "1" })])));
        if (extensions.Contains("limits@openssh.com"))
        {
            script.Fails(await script.AskedAsync(), SftpCode.NotSupported);
        }

        await beginning;
        return script;
    }

    /// <summary>The next request, from its number on.</summary>
    public async Task<byte[]> AskedAsync() => await _pipe.Requests.Reader.ReadAsync(Cancel);

    /// <summary>The next request, which must be this one.</summary>
    public async Task<TMessage> AskedAsync<TMessage>()
        where TMessage : IMessage<TMessage> => SftpPair.Parse<TMessage>(await AskedAsync());

    /// <summary>A request that is there already; null where there is none.</summary>
    public byte[]? TryAsked() => _pipe.Requests.Reader.TryRead(out var request) ? request : null;

    /// <summary>A reply, in pieces of so many bytes.</summary>
    public void Send<TMessage>(TMessage message, int pieceBytes = int.MaxValue)
        where TMessage : IMessage<TMessage> => SendRaw(SftpPair.Bytes(message), pieceBytes);

    /// <summary>Bytes as they are.</summary>
    public void SendRaw(byte[] bytes, int pieceBytes = int.MaxValue)
    {
        for (int at = 0; at < bytes.Length; at += pieceBytes)
        {
            int count = Math.Min(pieceBytes, bytes.Length - at);
            var buffer = SharedBuffer.Rent(count);
            bytes.AsSpan(at, count).CopyTo(buffer.Memory.Span);
            Client.Receive(buffer.Memory[..count], buffer);
            if (buffer.IsHeldOnce)
            {
                buffer.Memory.Span.Fill(0xEE);
            }

            buffer.Release();
            if (pieceBytes == int.MaxValue)
            {
                break;
            }
        }

        Client.Settle();
    }

    /// <summary>STATUS to a request.</summary>
    public void Fails(byte[] request, SftpCode code, string text = "No.") => Send(new Status(Id(request), code, text));

    /// <summary>STATUS OK to a request.</summary>
    public void Does(byte[] request) => Fails(request, SftpCode.Ok, "");

    /// <summary>Sees STAT or LSTAT and OPEN, and opens.</summary>
    public async Task<byte[]> OpensAsync(Attributes? found)
    {
        byte[] stat = await AskedAsync(), open = await AskedAsync();
        Assert.Equal(3, open[0]);
        if (found is { } attributes)
        {
            Send(new AttributesReply<Attributes>(Id(stat), attributes));
        }
        else
        {
            Fails(stat, SftpCode.NoSuchFile);
        }

        Send(new Handle(Id(open), "h"u8.ToArray()));
        return open;
    }

    /// <summary>Opens a file of so many bytes for reading.</summary>
    public async Task<SftpFile> OpenAsync(ulong length)
    {
        var opening = Files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Read, Cancel);
        await OpensAsync(File(length));
        return (SftpFile)await opening;
    }

    /// <summary>What a regular file of that length has.</summary>
    public static Attributes File(ulong length) =>
        new(AttributeFlags.Size | AttributeFlags.Permissions, length, 0, 0, 0x81A4, 0, 0, default);

    /// <summary>The id of a request.</summary>
    public static uint Id(byte[] request) => BinaryPrimitives.ReadUInt32BigEndian(request.AsSpan(1));

    public ValueTask DisposeAsync() => Files.DisposeAsync();

    private sealed class Pipe : IMessageChannel
    {
        private readonly Lock _gate = new();
        private readonly ArrayBufferWriter<byte> _sent = new();

        public Channel<byte[]> Requests { get; } = Channel.CreateUnbounded<byte[]>();

        public SftpClientSession Client { get; set; } = null!;

        public long ConsumedBytes { get; private set; }

        public long Unsent => 0;

        public int PieceBytes => 32 * 1024;

        public bool NotifyBelow(long bytes) => false;

        public void Send(Packet packet)
        {
            lock (_gate)
            {
                for (Packet? piece = packet, next; piece is not null; piece = next)
                {
                    next = piece.TakeNext();
                    _sent.Write(piece.Span);
                    piece.Dispose();
                }

                var bytes = _sent.WrittenSpan;
                while (bytes.Length >= 4 && BinaryPrimitives.ReadInt32BigEndian(bytes) is var length && bytes.Length >= 4 + length)
                {
                    Requests.Writer.TryWrite(bytes.Slice(4, length).ToArray());
                    bytes = bytes[(4 + length)..];
                }

                byte[] rest = bytes.ToArray();
                _sent.ResetWrittenCount();
                _sent.Write(rest);
            }
        }

        public void Consumed(int bytes) => ConsumedBytes += bytes;

        public void Flush()
        {
        }

        public void Finish(int exitStatus)
        {
        }
    }
}
