using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Sftp.Extensions;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <content>Requests: each is answered at once where it can be, else beside the others.</content>
internal sealed partial class SftpServerSession
{
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private SemaphoreSlim? _long;
    private SftpVersion? _version;
    private bool _asked;
    private string? _offence;

    /// <summary>What the account can see.</summary>
    public IFileSystem Files { get; }

    /// <summary>What is allowed.</summary>
    public SftpServerOptions Options { get; }

    /// <summary>How much of it.</summary>
    public SftpLimits Limits => Options.Limits;

    /// <summary>The session's id, for the log.</summary>
    public string Id { get; }

    /// <summary>The account's name.</summary>
    public string User { get; }

    /// <summary>Where relative paths begin.</summary>
    public VirtualPath Home { get; }

    /// <summary>What is open.</summary>
    public HandleTable Handles { get; }

    /// <summary>Most bytes of a READDIR reply; grows when the client has asked what we can do.</summary>
    public int ListingBytes { get; set; }

    /// <summary>Longest piece of a long reply.</summary>
    public int PieceBytes => _channel.PieceBytes;

    /// <summary>The version INIT chose.</summary>
    public SftpVersion Version => _version ?? throw new SftpException(SftpFailure.BadMessage);

    private uint HighestVersion => (uint)Math.Clamp(Options.MaxVersion, 3, 6);

    /// <summary>The time, UTC.</summary>
    public DateTime Now => _clock.GetUtcNow().UtcDateTime;

    /// <summary>The name or text these bytes mean.</summary>
    public string Text(ReadOnlyMemory<byte> bytes) => Version.DecodeName(bytes.Span);

    /// <summary>The path these bytes mean.</summary>
    public VirtualPath Resolve(ReadOnlyMemory<byte> path) => Home.Resolve(Text(path));

    /// <summary>The reply that it was done.</summary>
    public Packet Ok(uint id) => SftpPacket.Of(StatusOf(id, null));

    /// <summary>The reply that it was not done.</summary>
    public Packet Failed(uint id, SftpFailure failure) => SftpPacket.Of(StatusOf(id, failure));

    /// <summary>Tells the log that a name was changed.</summary>
    public void Did(string request, VirtualPath path) => Log.Did(_logger, Id, request, path);

    /// <summary>Tells the log who the client says it is; already fit to be shown.</summary>
    public void Introduce(string client) => Log.Introduced(_logger, Id, client);

    /// <summary>Runs what takes long on another thread, few at once.</summary>
    public async ValueTask AwayAsync(Func<CancellationToken, ValueTask> work, CancellationToken cancel)
    {
        var places = LazyInitializer.EnsureInitialized(ref _long, () => new SemaphoreSlim(Limits.LongOperations));
        await places.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await Task.Run(() => work(cancel).AsTask(), cancel).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>
    /// version-select: another of our versions from here on. It "MUST be the first request"; later, or for a version that is
    /// not ours, it fails and ends the session (draft-ietf-secsh-filexfer-13 section 5.5).
    /// </summary>
    public bool TrySelect(uint version)
    {
        if (_asked || version is < 3 || version > HighestVersion)
        {
            _offence = "a version that cannot be selected";
            return false;
        }

        _version = SftpVersion.Choose(version, HighestVersion);
        Log.Selected(_logger, Id, _version.Number);
        return true;
    }

    private Status StatusOf(uint id, SftpFailure? failure) =>
        failure is { } why ? new(id, Version.CodeOf(why), why.Text) : new(id, SftpCode.Ok, "Done.");

    /// <summary>One whole message, without its length.</summary>
    private void Dispatch(ReadOnlyMemory<byte> message)
    {
        byte number = message.Span[0];
        if (_version is null)
        {
            Begin(message);
            return;
        }

        if (message.Length < 5 || number == Init.Number)
        {
            Break($"a message {number} out of place");
            return;
        }

        FlushWrites();
        uint id = BinaryPrimitives.ReadUInt32BigEndian(message.Span[1..]);
        if (_version.Find(number) is not { } request)
        {
            _asked = true;
            Log.Unknown(_logger, Id, number);
            _channel.Send(Failed(id, SftpFailure.Unknown));
            return;
        }

        var body = message[1..];
        ValueTask<Packet> answer;
        OpenHandle? first, second;
        try
        {
            (first, second) = request.Handles(this, body);
            bool waits = first is { IsBusy: true } || second is { IsBusy: true };
            answer = waits ? AnswerAfterAsync(request, first?.Tail, second?.Tail, body.ToArray()) : request.AnswerAsync(this, body, _stop.Token);
            _asked = true;
            if (answer.IsCompletedSuccessfully)
            {
                _channel.Send(answer.Result);
                if (_offence is { } offence)
                {
                    Break(offence);
                }

                return;
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _asked = true;
            Refuse(id, failure, request.Name);
            return;
        }

        _inFlight++;
        var running = FinishAsync(id, request.Name, answer);
        if (first is not null)
        {
            first.Tail = running;
        }

        if (second is not null)
        {
            second.Tail = running;
        }
    }

    private async ValueTask<Packet> AnswerAfterAsync(SftpRequest request, Task? first, Task? second, byte[] body)
    {
        await (first ?? Task.CompletedTask).ConfigureAwait(false);
        await (second ?? Task.CompletedTask).ConfigureAwait(false);
        return await request.AnswerAsync(this, body, _stop.Token).ConfigureAwait(false);
    }

    private async Task FinishAsync(uint id, string request, ValueTask<Packet> answer)
    {
        try
        {
            _channel.Send(await answer.ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Refuse(id, failure, request);
        }

        lock (_gate)
        {
            Finished(1);
        }

        _channel.Flush();
    }

    /// <summary>Requests that were being done are answered: there is room for others.</summary>
    private void Finished(int requests)
    {
        _inFlight -= requests;
        GoOn();
        Acknowledge();
        if (_inFlight == 0)
        {
            _idle?.TrySetResult();
        }
    }

    private void Refuse(uint id, Exception thrown, string request)
    {
        if (FailureOf(thrown, request) is { } failure)
        {
            _channel.Send(Failed(id, failure));
        }
    }

    /// <summary>What the client is told of a failure; null where the session is over and nothing can be told.</summary>
    private SftpFailure? FailureOf(Exception thrown, string request)
    {
        switch (thrown)
        {
            case FileException failure:
                Log.Refused(_logger, Id, request, failure.Error, FileNames.ForDisplay(failure.Path));
                return SftpFailure.Of(failure.Error);
            case SftpException failure:
                return failure.Failure;
            case WireException offence:
                Log.Malformed(_logger, Id, request, offence.Message);
                return SftpFailure.BadMessage;
            case OperationCanceledException when _stop.IsCancellationRequested:
                return null;
            default:
                Log.Fault(_logger, thrown, Id, request);
                return SftpFailure.OurFault;
        }
    }

    /// <summary>INIT, section 4: the lower of both versions is spoken.</summary>
    private void Begin(ReadOnlyMemory<byte> message)
    {
        if (message.Span[0] != Init.Number || message.Length < 5)
        {
            Break("no INIT");
            return;
        }

        uint wanted = BinaryPrimitives.ReadUInt32BigEndian(message.Span[1..]);
        _version = SftpVersion.Choose(wanted, HighestVersion);
        Log.Begun(_logger, Id, wanted, _version.Number);
        _channel.Send(SftpPacket.Of(new ServerVersion(_version.Number, ExtensionTable.Announcement(_version, HighestVersion)), 2048));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} speaks up to version {Wanted}, version {Version} it is")]
        public static partial void Begun(ILogger logger, string session, uint wanted, uint version);

        [LoggerMessage(LogLevel.Debug, "{Session} selects version {Version}")]
        public static partial void Selected(ILogger logger, string session, uint version);

        [LoggerMessage(LogLevel.Debug, "{Session} is {Client}")]
        public static partial void Introduced(ILogger logger, string session, string client);

        [LoggerMessage(LogLevel.Information, "{Session} opened {Path} for {Access}")]
        public static partial void Opened(ILogger logger, string session, VirtualPath path, FileAccess access);

        [LoggerMessage(LogLevel.Information, "{Session} closed {Path}: {Read} bytes read, {Written} bytes written in {Time}")]
        public static partial void Closed(ILogger logger, string session, VirtualPath path, long read, long written, TimeSpan time);

        [LoggerMessage(LogLevel.Information, "{Session} left {Path} open: {Read} bytes read, {Written} bytes written in {Time}")]
        public static partial void Left(ILogger logger, string session, VirtualPath path, long read, long written, TimeSpan time);

        [LoggerMessage(LogLevel.Information, "{Session} {Request} {Path}")]
        public static partial void Did(ILogger logger, string session, string request, VirtualPath path);

        [LoggerMessage(LogLevel.Information, "{Session} {Request} {From} to {To}")]
        public static partial void Renamed(ILogger logger, string session, string request, VirtualPath from, VirtualPath to);

        [LoggerMessage(LogLevel.Debug, "{Session} {Request} refused: {Error} {Path}")]
        public static partial void Refused(ILogger logger, string session, string request, FileError error, string path);

        [LoggerMessage(LogLevel.Debug, "{Session} sent a request {Number} that we do not know")]
        public static partial void Unknown(ILogger logger, string session, byte number);

        [LoggerMessage(LogLevel.Warning, "{Session} {Request} is malformed: {Offence}")]
        public static partial void Malformed(ILogger logger, string session, string request, string offence);

        [LoggerMessage(LogLevel.Warning, "{Session} is ended for {Offence}")]
        public static partial void Broken(ILogger logger, string session, string offence);

        [LoggerMessage(LogLevel.Error, "{Session} {Request} failed by a fault of ours")]
        public static partial void Fault(ILogger logger, Exception exception, string session, string request);
    }
}
