namespace Wharf.Bench.Load;

/// <summary>How much of everything: the sizes the goals are stated for, or a tenth of them for trying the bench itself.</summary>
/// <param name="BigBytes">Size of the file of RETR and STOR.</param>
/// <param name="SmallBytes">Size of the file of the parallel downloads.</param>
/// <param name="Entries">Empty files in the folder that is listed.</param>
/// <param name="Parallel">Downloads at once.</param>
/// <param name="Patience">How long a parallel download may take before it counts as left waiting.</param>
/// <param name="LoginTime">How long logins are repeated per round.</param>
/// <param name="OurIdleSessions">Idle sessions held against wharfd.</param>
/// <param name="PeerIdleSessions">Idle sessions held against a peer, which needs a process or two for each.</param>
/// <param name="OurTlsIdleSessions">Idle FTPS sessions held against wharfd; against a peer as many as without TLS.</param>
/// <param name="SftpIdleSessions">Idle SFTP sessions, the same number against everyone.</param>
/// <param name="SftpParallel">SFTP downloads at once.</param>
/// <param name="SftpParallelBytes">What each of them takes of the big file.</param>
/// <param name="FatPipeBytes">Size of the upload across the long link.</param>
/// <param name="SmallFiles">Files of 4 KiB that clients move.</param>
/// <param name="ClientFatPipeBytes">Size of the file that clients move across the long link.</param>
/// <param name="HugeBytes">Size of the file whose transfers' memory is looked at.</param>
/// <param name="MirrorFiles">Files of the mirror whose memory is looked at.</param>
internal sealed record Scale(
    long BigBytes,
    long SmallBytes,
    int Entries,
    int Parallel,
    TimeSpan Patience,
    TimeSpan LoginTime,
    int OurIdleSessions,
    int PeerIdleSessions,
    int OurTlsIdleSessions,
    int SftpIdleSessions,
    int SftpParallel,
    long SftpParallelBytes,
    long FatPipeBytes,
    int SmallFiles,
    long ClientFatPipeBytes,
    long HugeBytes,
    int MirrorFiles)
{
    private const long MiB = 1 << 20;

    public static readonly Scale Full = new(
        1024 * MiB, 16 * MiB, 100_000, 200, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1.5), 5_000, 500, 1_000, 500, 50, 64 * MiB, 1024 * MiB,
        2_000, 1024 * MiB, 10 * 1024 * MiB, 200_000);

    public static readonly Scale Quick = new(
        256 * MiB, 16 * MiB, 10_000, 50, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.7), 500, 50, 100, 50, 10, 32 * MiB, 128 * MiB,
        500, 200 * MiB, 1024 * MiB, 20_000);
}
