using Wharf.Interop.Ftps.Programs;

namespace Wharf.Interop.Ftps.OnOpenSsl;

public sealed class CurlTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<Curl, OpenSslServer>(server, output);

public sealed class LftpTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<Lftp, OpenSslServer>(server, output);

public sealed class FtplibWithSessionTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<FtplibWithSession, OpenSslServer>(server, output);

public sealed class FtplibUnaidedTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<FtplibUnaided, OpenSslServer>(server, output);

public sealed class RcloneTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<Rclone, OpenSslServer>(server, output);

public sealed class WgetTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<Wget, OpenSslServer>(server, output);

public sealed class BasicFtpTests(OpenSslServer server, ITestOutputHelper output) : SeriesTests<BasicFtp, OpenSslServer>(server, output);

public sealed class TheftTests(OpenSslServer server, ITestOutputHelper output) : TheftTests<OpenSslServer>(server, output);

public sealed class ControlConnectionTests(OpenSslServer server) : ControlConnectionTests<OpenSslServer>(server);

public sealed class HalfOpenTests(OpenSslServer server) : HalfOpenTests<OpenSslServer>(server);

public sealed class AuditTests(OpenSslServer server, ITestOutputHelper output) : AuditTests<OpenSslServer>(server, output);

public sealed class ParallelTests(OpenSslServer server) : ParallelTests<OpenSslServer>(server);
