using Wharf.Bench.Clients;
using Wharf.Bench.Measures;
using Wharf.Bench.Measures.Clients;
using Wharf.Bench.Peers;

namespace Wharf.Bench;

/// <summary>
/// A named bench: who takes part, servers or clients, and its measurements. What is compared in one run is what these two lists say.
/// They are made from the options, the folder for unpacked packages, and the system user (null when there can be none).
/// </summary>
internal sealed record Suite(string Name, Func<Options, string, BenchUser?, IReadOnlyList<IContender>> Contenders, IReadOnlyList<IMeasure> Measures)
{
    /// <summary>The servers that clients are measured against.</summary>
    public Func<Options, string, BenchUser?, IReadOnlyList<IPlacedServer>> Rack { get; init; } = (_, _, _) => [];

    public static readonly IReadOnlyList<Suite> All =
    [
        new(
            "ftp",
            (options, cache, user) => [new Wharfd(Places.Wharfd(options), options.Settings), new Vsftpd(cache, user), new ProFtpd(cache, user), new PureFtpd(cache, user)],
            [
                new Download(),
                new Upload(),
                new ParallelDownloads(),
                new Listing("LIST"),
                new Listing("MLSD", unable: "vsftpd"),
                new Logins(clients: 1),
                new Logins(clients: 8),
                new IdleSessions(),
            ]),
        new(
            "ftps",
            (options, cache, user) =>
            [
                new WharfdFtps(Places.Wharfd(options), options.Settings),
                new Vsftpd(cache, user, tls: true),
                new ProFtpd(cache, user, tls: true),
                new PureFtpd(cache, user, tls: true),
            ],
            [
                new TlsDownload(),
                new TlsUpload(),
                Logins.OverTls(clients: 1, timesBest: 5),
                Logins.OverTls(clients: 8, timesBest: 4),
                new IdleSessions(tls: true),
            ]),
        new(
            "sftp",
            (options, cache, user) => [new WharfdSftp(Places.Wharfd(options), options.Settings), new OpenSshd(cache, user)],
            [
                new StockTransfer("stock-gcm", "aes128-gcm@openssh.com"),
                new StockTransfer("stock-chacha", "chacha20-poly1305@openssh.com"),
                new OwnTransfer("own-gcm", "aes128-gcm@openssh.com"),
                new OwnTransfer("own-chacha", "chacha20-poly1305@openssh.com"),
                new SftpParallel(),
                new SftpListing(),
                new SftpLogins(clients: 1),
                new SftpLogins(clients: 8),
                new SftpIdle(),
                new LongLink(),
            ]),
        new(
            "client",
            (options, cache, _) =>
            [
                new OwnClient(Places.Client(options)), new OpenSshSftp(cache), new OpenSshScp(cache), new Lftp(cache), new Curl(cache), new Rclone(cache), new Ncftp(cache),
            ],
            [
                new BigFile("ftp", "vsftpd"),
                new BigFile("sftp", "openssh"),
                new BigFileAtOurs(),
                new ManyFiles("small-ftp", "ftp", "vsftpd"),
                new ManyFiles("small-sftp", "sftp", "openssh"),
                ManyFilesFarAway.OverSftp(),
                ManyFilesFarAway.OverFtp(),
                ManyFilesFarAway.OverBlocks(),
                new BigFileFarAway("long-link", "openssh"),
                new BigFileFarAway("long-link-wharfd", "wharfd-sftp"),
                new ClientMemory(),
            ])
        {
            Rack = (options, cache, user) =>
            [
                new Vsftpd(cache, user), new OpenSshd(cache, user),
                new Wharfd(Places.Wharfd(options), options.Settings), new WharfdSftp(Places.Wharfd(options), options.Settings),
            ],
        },
    ];
}
