using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Scp;
using Wharf.Serving;
using Wharf.Ssh.Connection;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Scp;

/// <summary>The near end of scp in memory: says bytes to a command of ours and expects bytes of it, over files in memory.</summary>
internal sealed class ScpPeer : IMessageChannel, IAsyncDisposable
{
    private readonly StringBuilder _said = new();
    private readonly Lock _gate = new();
    private IChannelSink? _command;
    private long _unsent;
    private long _below;

    /// <summary>Bytes are text of Latin-1 here, so that transcripts can be read.</summary>
    private static readonly Encoding Bytes = Encoding.Latin1;

    public ManualClock Clock { get; } = new();

    public Memory Memory { get; }

    public IFileSystem Files { get; set; }

    public ScpOptions Options { get; set; } = new();

    public int? ExitStatus { get; private set; }

    public long Consumed { get; private set; }

    /// <summary>Whether what is sent counts as on its way until <see cref="TakeAll"/>.</summary>
    public bool Takes { get; set; } = true;

    public ScpPeer()
    {
        Memory = new Memory(Clock);
        Files = Memory;
    }

    long IMessageChannel.Unsent => Volatile.Read(ref _unsent);

    public long Unsent => _unsent;

    public ScpPeer Run(string commandLine)
    {
        var service = new ScpCommand(Options, NullLoggerFactory.Instance);
        Assert.True(service.IsCommand(commandLine));
        _command = service.Open(new ChannelRequest(new Login("dora", Files), "ssh1", commandLine), this);
        _command.Settle();
        return this;
    }

    /// <summary>Says these bytes, in one piece.</summary>
    public ScpPeer Say(string bytes) => Say(Bytes.GetBytes(bytes));

    public ScpPeer Say(byte[] bytes)
    {
        var buffer = SharedBuffer.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(buffer.Memory);
        _command!.Receive(buffer.Memory[..bytes.Length], buffer);
        buffer.Release();
        _command.Settle();
        return this;
    }

    /// <summary>Expects that the command has said exactly this since the last time.</summary>
    public ScpPeer Hear(string bytes)
    {
        Assert.Equal(bytes, Heard());
        return this;
    }

    public string Heard()
    {
        lock (_gate)
        {
            string all = _said.ToString();
            _said.Clear();
            return all;
        }
    }

    public ScpPeer End()
    {
        _command!.End();
        return this;
    }

    public ScpPeer Ends(int exitStatus)
    {
        Assert.Equal(exitStatus, ExitStatus);
        return this;
    }

    /// <summary>What was sent has reached the kernel.</summary>
    public void TakeAll()
    {
        bool notify;
        lock (_gate)
        {
            _unsent = 0;
            notify = _below > 0;
            _below = 0;
        }

        if (notify)
        {
            _command!.Drained();
        }
    }

    public async Task<string> ReadAsync(string path)
    {
        await using var file = await Memory.OpenAsync(VirtualPath.Parse(path), OpenMode.Read, CancellationToken.None);
        byte[] bytes = new byte[(await file.StatAsync(CancellationToken.None)).Length];
        await file.ReadAsync(0, bytes, CancellationToken.None);
        return Bytes.GetString(bytes);
    }

    public ValueTask<Entry?> StatAsync(string path) => Memory.StatAsync(VirtualPath.Parse(path), LinkHandling.Self, CancellationToken.None);

    public async Task<ScpPeer> WithFileAsync(string path, string content, int mode = 0x1A4)
    {
        await using var file = await Memory.OpenAsync(
            VirtualPath.Parse(path), new OpenMode(FileAccess.Write, FileCreation.CreateNew) { Mode = mode }, CancellationToken.None);
        await file.WriteAsync(0, new(Bytes.GetBytes(content)), CancellationToken.None);
        await file.ChangeAsync(
            new AttributeChange { Mode = mode, Modified = DateTime.UnixEpoch.AddSeconds(1_000_000_000), Accessed = DateTime.UnixEpoch.AddSeconds(1_000_000_001) },
            CancellationToken.None);
        return this;
    }

    public async Task<ScpPeer> WithFolderAsync(string path)
    {
        await Memory.MakeDirectoryAsync(VirtualPath.Parse(path), 0x1ED, CancellationToken.None);
        return this;
    }

    bool IMessageChannel.NotifyBelow(long bytes)
    {
        lock (_gate)
        {
            if (_unsent < bytes)
            {
                return false;
            }

            _below = bytes;
            return true;
        }
    }

    void IMessageChannel.Send(Packet packet)
    {
        lock (_gate)
        {
            _said.Append(Bytes.GetString(packet.Span));
            _unsent += Takes ? 0 : packet.Length;
        }

        packet.Dispose();
    }

    void IMessageChannel.Consumed(int bytes) => Consumed += bytes;

    void IMessageChannel.Flush()
    {
    }

    void IMessageChannel.Finish(int exitStatus)
    {
        Assert.Null(ExitStatus);
        ExitStatus = exitStatus;
    }

    public async ValueTask DisposeAsync()
    {
        if (_command is not null)
        {
            await _command.CloseAsync();
        }
    }
}
