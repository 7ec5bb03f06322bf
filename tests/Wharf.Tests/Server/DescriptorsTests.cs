using Wharf.Net;
using Wharf.Server.Listeners;

namespace Wharf.Tests.Server;

public sealed class DescriptorsTests
{
    [Theory]
    [InlineData(16384, 1_048_576L, 16384)]
    [InlineData(16384, 20_000L, 6581)]
    [InlineData(100, 20_000L, 100)]
    [InlineData(16384, 1024L, 256)]
    [InlineData(16384, 120L, 30)]
    [InlineData(16384, 0L, 1)]
    [InlineData(16384, null, 16384)]
    public void Connections_alone_never_use_up_the_open_files_a_process_may_have(int asked, long? descriptors, int sessions) =>
        Assert.Equal(sessions, Descriptors.Bound(new AdmissionLimits { Sessions = asked }, descriptors).Sessions);
}
