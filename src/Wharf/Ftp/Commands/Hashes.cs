using System.Buffers;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>HASH, draft-bryan-ftp-hash section 3: "213 SHA-256 first-last digest path", both ends included; RANG narrows it.</summary>
internal sealed class Hash() : FtpCommand("HASH", Argument.Required, Needs.Login)
{
    public override Beside Beside => Beside.IsWork;

    public override string Form => "<sp> path";

    public override IEnumerable<string> Features(FtpServerSession session) =>
        ["HASH " + string.Join(';', HashTable.Rows.Select(row => row.Name == session.State.HashAlgorithm ? row.Name + "*" : row.Name))];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (offset, last) = session.State.TakeStart();
        var row = HashTable.Find(session.State.HashAlgorithm)!;
        long? end = last is { } included ? included + 1 : null;
        var (reply, digest, counted) = await FileDigest.OfAsync(session, row, session.Resolve(argument), offset, end, cancel).ConfigureAwait(false);
        return reply ?? Reply.FileStatus(FormattableString.Invariant(
            $"{row.Name} {offset}-{offset + Math.Max(counted - 1, 0)} {Convert.ToHexStringLower(digest)} {argument}"));
    }
}

/// <summary>
/// XCRC, XMD5, MD5, XSHA, XSHA1, XSHA256 and XSHA512, which no RFC has: "250 DIGEST". The name may be quoted; behind it may
/// stand a start, and an end that is not included, as ProFTPD has it.
/// </summary>
internal sealed class XHash(string verb, string algorithm) : FtpCommand(verb, Argument.Required, Needs.Login)
{
    public override Beside Beside => Beside.IsWork;

    public override string Form => "<sp> path [<sp> start [<sp> end]]";

    public override IEnumerable<string> Features(FtpServerSession session) => [Verb];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        _ = session.State.TakeStart();
        if (await ParseAsync(session, argument, cancel).ConfigureAwait(false) is not { } asked)
        {
            return Reply.BadArgument($"A path, then a start and an end.");
        }

        var row = HashTable.Find(algorithm)!;
        var (reply, digest, _) = await FileDigest.OfAsync(session, row, asked.Path, asked.Start, asked.End, cancel).ConfigureAwait(false);
        return reply ?? new(250, $"{Convert.ToHexString(digest)}");
    }

    private static async ValueTask<(VirtualPath Path, long Start, long? End)?> ParseAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (argument.StartsWith('"') && Words.Split(argument) is [var quoted, .. var numbers] && Range(numbers) is { } range)
        {
            return (session.Resolve(quoted), range.Start, range.End);
        }

        // The whole argument is the name where there is such a file; only then may its last words be numbers.
        var whole = session.Resolve(argument);
        if (await session.Files.StatAsync(whole, LinkHandling.Follow, cancel).ConfigureAwait(false) is not null)
        {
            return (whole, 0, null);
        }

        string[] words = argument.Split(' ');
        int count = words.Reverse().Take(Math.Min(2, words.Length - 1)).TakeWhile(word => Number.Parse(word) is not null).Count();
        return Range(words[^count..]) is { } tail ? (session.Resolve(string.Join(' ', words[..^count])), tail.Start, tail.End) : null;
    }

    private static (long Start, long? End)? Range(string[] numbers)
    {
        long? start = numbers.Length > 0 ? Number.Parse(numbers[0]) : 0;
        long? end = numbers.Length > 1 ? Number.Parse(numbers[1]) : long.MaxValue;
        return start is null || end is null || end < start || numbers.Length > 2 ? null : (start.Value, numbers.Length > 1 ? end : null);
    }
}

/// <summary>A digest of a part of a file, within the session's budget.</summary>
internal static partial class FileDigest
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>A refusal, or the digest and the count of bytes it covers.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="row">Which digest.</param>
    /// <param name="path">The file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="end">Behind the last byte; null for the file's end.</param>
    /// <param name="cancel">ABOR, or the session's end.</param>
    public static async ValueTask<(Reply? Refusal, byte[] Digest, long Count)> OfAsync(
        FtpServerSession session, HashAlgorithmRow row, VirtualPath path, long offset, long? end, CancellationToken cancel)
    {
        var file = await session.Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        long length = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
        long upTo = Math.Min(end ?? length, length);
        if (offset > length)
        {
            return (Reply.BadArgument($"The file ends before that position."), [], 0);
        }

        if (!session.HashBudget.Take(Math.Max(upTo - offset, 0)))
        {
            Log.Spent(session.Logger, session.Id);
            return (new Reply(450, $"Enough was hashed for now, try later."), [], 0);
        }

        using var hash = row.Start();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long at = offset;
            while (at < upTo)
            {
                cancel.ThrowIfCancellationRequested();
                int read = await file.ReadAsync(at, buffer.AsMemory(0, (int)Math.Min(BufferBytes, upTo - at)), cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                hash.Append(buffer.AsSpan(0, read));
                at += read;
            }

            return (null, hash.Finish(), at - offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Session} asked for more digests than a minute allows")]
        public static partial void Spent(ILogger logger, string session);
    }
}
