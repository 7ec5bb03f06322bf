namespace Wharf.Ftp.Commands;

/// <summary>FEAT, RFC 2389 section 3: one line a feature, each behind one space.</summary>
internal sealed class Feat() : FtpCommand("FEAT", Argument.None, Needs.Nothing)
{
    // RFC 3659 section 6: paths are written with '/' and mean what VirtualPath says.
    public override IEnumerable<string> Features(FtpServerSession session) => ["TVFS"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(new Reply(211, $"End.")
        {
            Opening = $"Features:",
            Lines = [.. CommandTable.Rows.SelectMany(row => row.Features(session)).Distinct().Select(feature => " " + feature)],
        });
}
