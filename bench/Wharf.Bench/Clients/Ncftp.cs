namespace Wharf.Bench.Clients;

/// <summary>ncftpget and ncftpput, over one connection.</summary>
internal sealed class Ncftp(string cache) : ClientProgram("ncftp", "ncftp", cache)
{
    protected override IReadOnlyList<string> Programs => ["ncftpget", "ncftpput"];

    public override IReadOnlyList<string>? CommandFor(Errand errand)
    {
        if (errand.IsSftp || errand.Far)
        {
            return null;
        }

        string[] login = ["-V", "-u", errand.Site.User, "-p", errand.Site.Password, "-P", $"{errand.Port}"];
        return errand.Way switch
        {
            Way.Get => [Program("ncftpget"), "-C", .. login, errand.Address, errand.Remote, errand.Local],
            Way.Put => [Program("ncftpput"), "-C", .. login, errand.Address, errand.Local, errand.Remote],
            // It keeps the folder's own name below the one it is told.
            Way.GetMany => [Program("ncftpget"), "-R", .. login, errand.Address, Path.GetDirectoryName(errand.Local)!, errand.Remote],
            _ => [Program("ncftpput"), "-R", .. login, errand.Address, ".", errand.Local],
        };
    }
}
