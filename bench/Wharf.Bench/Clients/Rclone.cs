using Wharf.Bench.Peers;

namespace Wharf.Bench.Clients;

/// <summary>rclone, with eight transfers at once for many files and without hashes, for which it would need a shell.</summary>
internal sealed class Rclone(string cache) : ClientProgram("rclone", "rclone", cache)
{
    private readonly Dictionary<string, string> _obscured = [];

    public override IReadOnlyList<string>? CommandFor(Errand errand)
    {
        if (!_obscured.TryGetValue(errand.Site.Password, out var password))
        {
            _obscured[errand.Site.Password] = password = Command.Run("/", Program("rclone"), "obscure", errand.Site.Password).Output;
        }

        var remote = errand.IsSftp
            ? $":sftp,host={errand.Address},port={errand.Port},user={errand.Site.User},key_file={errand.Site.Login.Key},shell_type=none,disable_hashcheck=true:{errand.Remote}"
            : $":ftp,host={errand.Address},port={errand.Port},user={errand.Site.User},pass={password}:{errand.Remote}";
        string[] options =
        [
            "--config", "/dev/null", "--log-level", "ERROR", "--ignore-times", "--transfers", "8", "--checkers", "8",
            // With several streams for one file it breaks transfers off, which vsftpd calls an error.
            .. errand.IsSftp ? Array.Empty<string>() : ["--multi-thread-streams", "0"],
        ];
        return errand.Way switch
        {
            Way.Get => [Program("rclone"), "copyto", .. options, remote, errand.Local],
            Way.Put => [Program("rclone"), "copyto", .. options, errand.Local, remote],
            Way.GetMany => [Program("rclone"), "copy", .. options, remote, errand.Local],
            _ => [Program("rclone"), "copy", .. options, errand.Local, remote],
        };
    }
}
