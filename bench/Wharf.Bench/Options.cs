using System.Globalization;
using Wharf.Bench.Load;

namespace Wharf.Bench;

/// <summary>The command line of the benchmark.</summary>
internal sealed record Options(
    string Suite, string? Wharfd, int Rounds, IReadOnlyList<string> Only, IReadOnlyList<string> Servers, IReadOnlyList<string> Settings, string? Wanlink, bool Quick)
{
    public const string Usage = """
        usage: ./build bench [ftp|ftps|sftp] [options]
          --wharfd PATH     the server to measure (default: artifacts/wharfd or the Release build, whichever is newer)
          --rounds N        rounds of every measurement (default: 5, the fewest that the goals are judged by; 1 with --quick)
          --only NAME       one measurement; may be given more than once
                            ftp: retr stor parallel list mlsd logins-1 logins-8 idle
                            ftps: retr stor logins-1 logins-8 idle
                            sftp: stock-gcm stock-chacha own-gcm own-chacha parallel list logins-1 logins-8 idle long-link
          --server NAME     one server; may be given more than once
                            ftp, ftps: wharfd vsftpd proftpd pure-ftpd; sftp: wharfd openssh
          --wanlink PATH    the program that makes the link of long-link (default: the one on PATH, if there is one)
          --set NAME=VALUE  a setting for wharfd; may be given more than once
          --quick           a tenth of the load, to try the bench itself
        """;

    private const int DefaultRounds = 5;

    public Scale Scale => Quick ? Scale.Quick : Scale.Full;

    /// <summary>Throws <see cref="ArgumentException"/> with a sentence for the user.</summary>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        string suite = "ftp";
        string? wharfd = null, wanlink = null;
        int? rounds = null;
        List<string> only = [], servers = [], settings = [];
        var quick = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            switch (arguments[i])
            {
                case "--wharfd": wharfd = Path.GetFullPath(Value()); break;
                case "--wanlink": wanlink = Path.GetFullPath(Value()); break;
                case "--only": only.Add(Value()); break;
                case "--server": servers.Add(Value()); break;
                case "--set": settings.Add(Value()); break;
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

        return new(suite, wharfd, rounds ?? (quick ? 1 : DefaultRounds), only, servers, settings, wanlink, quick);
    }
}
