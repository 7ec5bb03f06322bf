using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>
/// COMB, as CuteFTP and SFTPGo have it: joins parts to one file, in their order, and removes them. A target that exists is the
/// beginning. The whole appears in one step; if anything fails, target and parts are as they were.
/// </summary>
internal sealed class Comb() : FtpCommand("COMB", Argument.Required, Needs.Login)
{
    public override Beside Beside => Beside.IsWork;

    public override string Form => "<sp> target <sp> part ...";

    public override IEnumerable<string> Features(FtpServerSession session) => ["COMB"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (Words.Split(argument) is not [var first, _, ..] words)
        {
            return Reply.BadArgument($"A target and its parts; quote names that have spaces.");
        }

        var target = session.Resolve(first);
        VirtualPath[] parts = [.. words.Skip(1).Select(word => session.Resolve(word))];
        if (parts.Contains(target) || parts.Distinct().Count() < parts.Length)
        {
            return Reply.BadArgument($"Each file can stand there once.");
        }

        bool exists = await session.Files.StatAsync(target, LinkHandling.Follow, cancel).ConfigureAwait(false) is not null;
        var joined = await session.Files.OpenAsync(target, OpenMode.Replace, cancel).ConfigureAwait(false);
        await using var closing = joined.ConfigureAwait(false);
        long length = 0;
        foreach (var part in exists ? parts.Prepend(target) : parts)
        {
            length = await AppendAsync(session.Files, part, joined, length, cancel).ConfigureAwait(false);
        }

        await joined.CommitAsync(replace: true, session.Options.Durable, cancel).ConfigureAwait(false);
        foreach (var part in parts)
        {
            await session.Files.RemoveFileAsync(part, cancel).ConfigureAwait(false);
        }

        return Reply.FileDone($"Joined, {length} bytes.");
    }

    /// <summary>Copies a whole file to a place in another; returns where it ends there.</summary>
    private static async ValueTask<long> AppendAsync(IFileSystem files, VirtualPath from, IFile to, long at, CancellationToken cancel)
    {
        var file = await files.OpenAsync(from, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            long offset = 0;
            int read;
            while ((read = await file.ReadAsync(offset, buffer, cancel).ConfigureAwait(false)) > 0)
            {
                cancel.ThrowIfCancellationRequested();
                await to.WriteAsync(at + offset, new ReadOnlySequence<byte>(buffer, 0, read), cancel).ConfigureAwait(false);
                offset += read;
            }

            return at + offset;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
