using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>
/// DSIZ, draft-peterson-streamlined-ftp-command-extensions section 5: bytes of all files below a directory. Links are not followed. Bounded as LIST -R
/// is; beyond that 550, since a part of the sum is no answer.
/// </summary>
internal sealed class Dsiz() : FtpCommand("DSIZ", Argument.Optional, Needs.Login)
{
    public override Beside Beside => Beside.IsWork;

    public override string Form => "[<sp> path]";

    public override IEnumerable<string> Features(FtpServerSession session) => ["DSIZ"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var limits = session.Options.Limits;
        var start = session.Resolve(argument);
        var waiting = new Stack<(VirtualPath Path, int Depth)>([(start, 0)]);
        long bytes = 0;
        int left = limits.ListEntries;
        while (waiting.TryPop(out var here))
        {
            await foreach (var entry in session.Files.ListAsync(here.Path, EntryDetail.Full, cancel).ConfigureAwait(false))
            {
                if (--left < 0 || here.Depth > limits.ListDepth)
                {
                    return Reply.NotAvailable($"Too much lies below it to be counted.");
                }

                if (entry.IsDirectory)
                {
                    waiting.Push((here.Path.Append(entry.Name), here.Depth + 1));
                }
                else if (entry.IsFile)
                {
                    bytes += entry.Length;
                }
            }
        }

        return Reply.FileStatus(FormattableString.Invariant($"{bytes}"));
    }
}
