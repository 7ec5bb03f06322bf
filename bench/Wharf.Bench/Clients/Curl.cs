using Wharf.Bench.Load;

namespace Wharf.Bench.Clients;

/// <summary>curl; many files by its globs, over eight connections (-Z) where that helps it: over one, SFTP on loopback is quicker.</summary>
internal sealed class Curl(string cache) : ClientProgram("curl", "curl", cache)
{
    public override IReadOnlyList<string>? CommandFor(Errand errand)
    {
        // Below the login directory, which SFTP's paths call "~".
        var url = $"{errand.Protocol}://{errand.Address}:{errand.Port}/{(errand.IsSftp ? "~/" : "")}{errand.Remote}";
        var range = Site.SmallFileRange(errand.Count);
        List<string> command =
        [
            Program("curl"), "--disable", "-sS", "--create-dirs", "--ftp-create-dirs",
            .. errand.IsSftp
                ? (string[])["--insecure", "--user", $"{errand.Site.User}:", "--key", errand.Site.Login.Key]
                : ["--user", $"{errand.Site.User}:{errand.Site.Password}"],
            .. errand.Far || !errand.IsSftp ? (string[])["-Z", "--parallel-max", "8"] : [],
        ];
        command.AddRange(errand.Way switch
        {
            Way.Get => ["-o", errand.Local, url],
            Way.Put => ["-T", errand.Local, url],
            Way.GetMany => ["-o", $"{errand.Local}/{Site.SmallFileName("#1")}", $"{url}/{Site.SmallFileName(range)}"],
            _ => (string[])["-T", $"{errand.Local}/{Site.SmallFileName(range)}", $"{url}/"],
        });
        return command;
    }
}
