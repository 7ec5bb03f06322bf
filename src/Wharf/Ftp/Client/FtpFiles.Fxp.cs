using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>Files that another FTP server sends straight to this one.</summary>
internal sealed partial class FtpFiles : IDirectCopy
{
    private static int _lastNumber;

    private readonly int _number = Interlocked.Increment(ref _lastNumber);

    /// <summary>How long two servers that would not are left alone: what they refuse may be the settings of an hour.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    /// <summary>Servers that were found not to send to this one, or this one not to take from, and when: a timestamp of the clock.</summary>
    private readonly ConditionalWeakTable<FtpFiles, object> _apart = [];

    /// <summary>Whether the caller wants it, as source and as target.</summary>
    internal FtpFxp Fxp { get; init; }

    /// <inheritdoc/>
    public bool MayCopyFrom(IRemoteFiles source) =>
        source is FtpFiles other && other != this && Fxp != FtpFxp.Never && other.Fxp != FtpFxp.Never
        && !(_apart.TryGetValue(other, out object? since) && clock.GetElapsedTime((long)since) < Apart);

    /// <inheritdoc/>
    public async ValueTask<bool> TryCopyFromAsync(IRemoteFiles source, VirtualPath from, VirtualPath to, CancellationToken cancellationToken)
    {
        if (!MayCopyFrom(source))
        {
            return false;
        }

        Paths.Check(to);

        // In one order, or copies in both directions might each hold what the other one waits for.
        var other = (FtpFiles)source;
        bool isFirst = _number < other._number;
        var one = await (isFirst ? this : other).RentAsync(cancellationToken).ConfigureAwait(false);
        await using var firstBack = one.ConfigureAwait(false);
        var two = await (isFirst ? other : this).RentAsync(cancellationToken).ConfigureAwait(false);
        await using var secondBack = two.ConfigureAwait(false);
        var (target, origin) = isFirst ? (one.Session, two.Session) : (two.Session, one.Session);
        Known.Forget(to);
        var outcome = await new DirectTransfer(origin, target, from, to).RunAsync(cancellationToken).ConfigureAwait(false);
        if (outcome.Why is not { } why)
        {
            return true;
        }

        if (outcome.IsOfThePair)
        {
            _apart.AddOrUpdate(other, clock.GetTimestamp());
            Log.Apart(logger, origin.Name, target.Name, FileNames.ForDisplay(why));
        }
        else
        {
            Log.NotDirectly(logger, origin.Name, target.Name, FileNames.ForDisplay(from.Value), FileNames.ForDisplay(why));
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Source} does not send to {Target} directly, so files go through here: {Reason}")]
        public static partial void Apart(ILogger logger, string source, string target, string reason);

        [LoggerMessage(LogLevel.Debug, "{Source} did not send {Path} to {Target} directly, so it goes through here: {Reason}")]
        public static partial void NotDirectly(ILogger logger, string source, string target, string path, string reason);
    }
}
