using System.Globalization;
using Wharf.Files;

namespace Wharf.Ftp.Client;

internal sealed partial class FtpFiles : IRawCommands
{
    /// <summary>
    /// What would leave a session that others use after us in another state, or waits for a data connection: RFC 959 section 4.1, RFC 2228, RFC 2428,
    /// RFC 3659, RFC 4217, RFC 7151.
    /// </summary>
    private static readonly HashSet<string> OurOwn = new(StringComparer.OrdinalIgnoreCase)
    {
        "USER", "PASS", "ACCT", "REIN", "QUIT", "HOST", "AUTH", "ADAT", "PBSZ", "PROT", "CCC", "MIC", "CONF", "ENC", "SSCN", "CPSV",
        "PORT", "PASV", "EPRT", "EPSV", "LPRT", "LPSV", "SPSV", "TYPE", "STRU", "MODE", "REST", "RANG", "ALLO", "CWD", "XCWD", "CDUP", "XCUP", "SMNT",
        "RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "ABOR",
    };

    /// <inheritdoc/>
    public async ValueTask<RawReply> QuoteAsync(string line, CancellationToken cancellationToken)
    {
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        string verb = blank < 0 ? line : line[..blank];
        if (verb.Length == 0 || verb.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            throw new FileException(FileError.Invalid, verb);
        }

        if (OurOwn.Contains(verb))
        {
            throw new FileException(FileError.NotSupported, verb);
        }

        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var reply = await lease.Session.AskAsync(verb, blank < 0 ? null : line[(blank + 1)..], cancellationToken).ConfigureAwait(false);

        // Whatever it was, it may have changed any file.
        Known.ForgetBelow(VirtualPath.Root);
        string code = reply.Code.ToString("000", CultureInfo.InvariantCulture);
        return new RawReply(reply.Code, [.. reply.Lines.Select((text, i) => i == reply.Lines.Count - 1 ? $"{code} {text}" : i == 0 ? $"{code}-{text}" : text)]);
    }
}
