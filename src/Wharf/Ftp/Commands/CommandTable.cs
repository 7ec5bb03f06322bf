using System.Collections.Frozen;

namespace Wharf.Ftp.Commands;

/// <summary>All we speak. Before login only the rows that need nothing exist.</summary>
internal static class CommandTable
{
    public static readonly IReadOnlyList<FtpCommand> Rows =
    [
        // Access, RFC 959 section 4.1.1
        new User(), new Pass(), new Acct(), new Rein(), new Quit(),
        new Cwd("CWD"), new Cwd("XCWD"), new Cdup("CDUP"), new Cdup("XCUP"), new Pwd("PWD"), new Pwd("XPWD"),

        // Transfer parameters, RFC 959 section 4.1.2, RFC 2428
        new TypeCommand(), new Stru(), new Mode(), new Port(), new Eprt(), new Pasv(), new Epsv(),

        // Service, RFC 959 section 4.1.3
        new Retr(), new Stor("STOR"), new Stor("APPE"), new Rest(), new Abort(),
        new Dele(), new Rmd("RMD"), new Rmd("XRMD"), new Mkd("MKD"), new Mkd("XMKD"), new Rnfr(), new Rnto(),
        new ListCommand("LIST"), new ListCommand("NLST"), new Stat(), new Stou(), new Allo(),
        new Site(), new Help(), new Noop(), new Syst(),

        // RFC 3659, draft-somers-ftp-mfxx
        new ListCommand("MLSD"), new Mlst(), new Size(), new Mdtm(), new ModifyTime("MFMT"), new ModifyTime("MFCT"), new Mff(),

        // Negotiation, RFC 2389, RFC 2640, RFC 7151
        new Feat(), new Opts(), new Lang(), new Host(), new Clnt(), new Csid(),

        // Security, RFC 2228, RFC 4217
        new Auth(), new Pbsz(), new Prot(), new Ccc(), new Adat(), new ProtectedCommand("MIC"), new ProtectedCommand("CONF"), new ProtectedCommand("ENC"),
        new Sscn(), new Cpsv(),

        // Drafts and customs
        new Hash(), new XHash("XCRC", "CRC32"), new XHash("XMD5", "MD5"), new XHash("MD5", "MD5"), new XHash("XSHA", "SHA-1"),
        new XHash("XSHA1", "SHA-1"), new XHash("XSHA256", "SHA-256"), new XHash("XSHA512", "SHA-512"),
        new Rang(), new Comb(), new Avbl(), new Dsiz(), new Pret(),
    ];

    private static readonly FrozenDictionary<string, FtpCommand> ByVerb = Rows.ToFrozenDictionary(row => row.Verb, StringComparer.Ordinal);

    /// <summary>Known to RFC 959 and others, refused here with 502; PROTOCOL.md says why.</summary>
    private static readonly FrozenSet<string> Refused =
        FrozenSet.Create(StringComparer.Ordinal, "SMNT", "LPRT", "LPSV", "THMB", "RMDA", "XRCP", "ESTA", "ESTP", "MAIL", "MLFL", "MSND", "MSOM", "MSAM", "MRSQ", "MRCP");

    /// <summary>First words of HTTP and SMTP: before a login they end the session.</summary>
    private static readonly FrozenSet<string> OtherProtocols = FrozenSet.Create(
        StringComparer.Ordinal,
        "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "PRI", "HELO", "EHLO", "MAIL", "RCPT", "DATA");

    /// <summary>The row of a verb in upper case; null where there is none.</summary>
    public static FtpCommand? Find(string verb) => ByVerb.GetValueOrDefault(verb);

    /// <summary>Whether it is a command that exists elsewhere and is refused here.</summary>
    public static bool IsRefused(string verb) => Refused.Contains(verb);

    /// <summary>Whether it is a word of another protocol.</summary>
    public static bool IsOtherProtocol(string verb) => OtherProtocols.Contains(verb);

    /// <summary>
    /// A line as verb, in upper case, and argument: what follows one space. Further spaces belong to the argument, since names
    /// begin and end with them.
    /// </summary>
    public static (string Verb, string Argument) Split(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (line.ToUpperInvariant(), "") : (line[..space].ToUpperInvariant(), line[(space + 1)..]);
    }
}
