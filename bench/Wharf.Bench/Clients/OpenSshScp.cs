namespace Wharf.Bench.Clients;

/// <summary>OpenSSH's scp, which speaks SFTP.</summary>
internal sealed class OpenSshScp(string cache) : ClientProgram("scp", "openssh-client", cache)
{
    protected override IReadOnlyList<string> Programs => ["scp", "ssh"];

    public override IReadOnlyList<string>? CommandFor(Errand errand)
    {
        if (!errand.IsSftp || errand.Far)
        {
            return null;
        }

        var remote = $"{errand.Site.User}@{errand.Address}:{errand.Remote}";
        string[] options = ["-q", "-S", Program("ssh"), "-P", $"{errand.Port}", .. errand.SshOptions];
        return errand.Way switch
        {
            Way.Get => [Program("scp"), .. options, remote, errand.Local],
            Way.Put => [Program("scp"), .. options, errand.Local, remote],
            Way.GetMany => [Program("scp"), "-r", .. options, remote, errand.Local],
            _ => [Program("scp"), "-r", .. options, errand.Local, remote],
        };
    }
}
