namespace Wharf.Bench.Clients;

/// <summary>lftp; many files by mirror over eight connections.</summary>
internal sealed class Lftp(string cache) : ClientProgram("lftp", "lftp", cache)
{
    private const int Connections = 8;

    public override IReadOnlyList<string>? CommandFor(Errand errand)
    {
        var login = errand.IsSftp
            ? $"set sftp:connect-program \"ssh -a -x {string.Join(' ', errand.SshOptions)}\"; open -u {errand.Site.User}, sftp://{errand.Address}:{errand.Port}"
            : $"set ftp:ssl-allow no; open -u {errand.Site.User},{errand.Site.Password} ftp://{errand.Address}:{errand.Port}";
        var work = errand.Way switch
        {
            Way.Get => $"get {errand.Remote} -o {errand.Local}",
            Way.Put => $"put {errand.Local} -o {errand.Remote}",
            Way.GetMany => $"mirror --parallel={Connections} {errand.Remote} {errand.Local}",
            _ => $"mirror -R --parallel={Connections} {errand.Local} {errand.Remote}",
        };
        return [Program("lftp"), "--norc", "-c", $"set cmd:fail-exit yes; set net:max-retries 2; set xfer:clobber yes; {login}; {work}"];
    }
}
