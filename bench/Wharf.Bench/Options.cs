using System.Globalization;
using Wharf.Bench.Load;

namespace Wharf.Bench;

/// <summary>The command line of the benchmark.</summary>
internal sealed record Options(
    string Suite, string? Wharfd, string? Client, int Rounds, IReadOnlyList<string> Only, IReadOnlyList<string> Servers, IReadOnlyList<string> Settings, string? Wanlink, bool Patient, bool Quick)
{
    public const string Usage = """
        usage: ./build bench [ftp|ftps|sftp|client] [options]
          --wharfd PATH     the server to measure (default: artifacts/wharfd or the Release build, whichever is newer)
          --client PATH     the program of ours that the suite "client" measures (default: what ./build bench made)
          --rounds N        rounds of every measurement (default: 5, the fewest that the goals are judged by; 1 with --quick)
          --only NAME       one measurement; may be given more than once
                            ftp: retr stor parallel list mlsd logins-1 logins-8 idle
                            ftps: retr stor logins-1 logins-8 idle
                            sftp: stock-gcm stock-chacha own-gcm own-chacha parallel list logins-1 logins-8 idle long-link
                            client: ftp sftp wharfd small-ftp small-sftp far-sftp far-ftp far-wharfd long-link long-link-wharfd memory
          --server NAME     one server, or in "client" one client; may be given more than once
                            ftp, ftps: wharfd vsftpd proftpd pure-ftpd; sftp: wharfd openssh
                            client: wharf sftp scp lftp curl rclone ncftp
          --patient         peers too move all of many files across a long link, not a part of them: some need minutes
          --wanlink PATH    the program that makes long links (default: the one on PATH, if there is one)
          --set NAME=VALUE  a setting for wharfd; may be given more than once
          --quick           a tenth of the load, to try the bench itself
        """;

    private const int DefaultRounds = 5;

    public Scale Scale => Quick ? Scale.Quick : Scale.Full;

    /// <summary>Throws <see cref="ArgumentException"/> with a sentence for the user.</summary>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        string suite = "ftp";
        string? wharfd = null, client = null, wanlink = null;
        int? rounds = null;
        List<string> only = [], servers = [], settings = [];
        bool quick = false, patient = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            switch (arguments[i])
            {
                case "--wharfd": wharfd = Path.GetFullPath(Value()); break;
                case "--client": client = Path.GetFullPath(Value()); break;
                case "--wanlink": wanlink = Path.GetFullPath(Value()); break;
                case "--only": only.Add(Value()); break;
                case "--server": servers.Add(Value()); break;
                case "--set": settings.Add(Value()); break;
                case "--patient": patient = true; break;
                case "--quick": quick = true; break;
                case "--rounds":
                    rounds = int.TryParse(Value(), CultureInfo.InvariantCulture, out var number) && number > 0
                        ? number
                        : throw new ArgumentException($"--rounds is a number from 1, not \"{arguments[i]}\".");
                    break;
                case var name when i == 0 && !name.StartsWith('-'): suite = name; break;
                case var other: throw new ArgumentException($"\"{other}\" is not an option.");
            }
        }

        return new(suite, wharfd, client, rounds ?? (quick ? 1 : DefaultRounds), only, servers, settings, wanlink, patient, quick);
    }
}
