using Wharf.Interop.Ftps.Programs;

namespace Wharf.Interop.Ftps.OnSslStream;

// The same tests as in OnOpenSsl.cs, at listeners with session-reuse=optional. What the engine cannot, by name:
//
// - TheftTests: it does not tell whose session it resumes, so that a listener cannot require one (the daemon refuses to start
//   with session-reuse=required); of them only DataConnectionTests are left.
// - Daemon/StaplingTests: it staples nothing.
// - Uploads in TLS 1.3 by curl, rclone and basic-ftp, which close without having read the tickets that it sends over data
//   connections (IFtpsEngine.SendsTicketsOverData): the connection is reset and the end of the file is lost. The daemon says 426.
//   They are held to downloads there; in TLS 1.2 they upload.
// - AuditTests, the two that look at suites: it agrees on ECDHE suites without AEAD in the handshake and ends the connection right
//   behind it, before a byte of FTP.

public sealed class CurlTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<Curl, SslStreamServer>(server, output);

public sealed class LftpTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<Lftp, SslStreamServer>(server, output);

public sealed class FtplibWithSessionTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<FtplibWithSession, SslStreamServer>(server, output);

public sealed class FtplibUnaidedTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<FtplibUnaided, SslStreamServer>(server, output);

public sealed class RcloneTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<Rclone, SslStreamServer>(server, output);

public sealed class WgetTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<Wget, SslStreamServer>(server, output);

public sealed class BasicFtpTests(SslStreamServer server, ITestOutputHelper output) : SeriesTests<BasicFtp, SslStreamServer>(server, output);

public sealed class DataConnectionTests(SslStreamServer server, ITestOutputHelper output) : DataConnectionTests<SslStreamServer>(server, output);

public sealed class ControlConnectionTests(SslStreamServer server) : ControlConnectionTests<SslStreamServer>(server);

public sealed class HalfOpenTests(SslStreamServer server) : HalfOpenTests<SslStreamServer>(server);

public sealed class AuditTests(SslStreamServer server, ITestOutputHelper output) : AuditTests<SslStreamServer>(server, output);

public sealed class ParallelTests(SslStreamServer server) : ParallelTests<SslStreamServer>(server);
