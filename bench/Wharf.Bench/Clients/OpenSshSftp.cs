namespace Wharf.Bench.Clients;

/// <summary>OpenSSH's sftp. Across a long link it says itself when its transfer began and ended, since the login is not to count.</summary>
internal sealed class OpenSshSftp(string cache) : ClientProgram("sftp", "openssh-client", cache)
{
    /// <summary>Where the times of begin and end are written, below <see cref="Errand.Run"/>: two lines, seconds since 1970.</summary>
    public const string TimesName = "times";

    protected override IReadOnlyList<string> Programs => ["sftp", "ssh"];

    public override IReadOnlyList<string>? CommandFor(Errand errand)
    {
        if (!errand.IsSftp)
        {
            return null;
        }

        var batch = Path.Combine(errand.Run, "batch");
        var note = errand.Far ? $"!date +%s.%N >> {Path.Combine(errand.Run, TimesName)}\n" : "";
        var work = errand.Way switch
        {
            Way.Get => $"get {errand.Remote} {errand.Local}",
            Way.Put => $"put {errand.Local} {errand.Remote}",
            Way.GetMany => $"get -r {errand.Remote} {errand.Local}",
            _ => $"put -r {errand.Local} {errand.Remote}",
        };
        File.WriteAllText(batch, $"{note}{work}\n{note}");
        return [Program("sftp"), "-q", "-b", batch, "-S", Program("ssh"), "-P", $"{errand.Port}", .. errand.SshOptions, $"{errand.Site.User}@{errand.Address}"];
    }
}
