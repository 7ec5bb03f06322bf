using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Server.Accounts;
using Wharf.Server.Settings;
using Wharf.Tests.Support;

namespace Wharf.Tests.Server;

public sealed class UserFilesTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Without_a_policy_the_storage_itself_is_served_so_that_the_kernel_may_move_its_bytes()
    {
        var storage = new Memory(_clock);
        Assert.Same(storage, new UserFiles(storage, new FilePolicy(), _clock).For("anna"));
    }

    [Fact]
    public async Task Read_only_accounts_change_nothing()
    {
        var files = new UserFiles(new Memory(_clock), new FilePolicy { ReadOnly = true }, _clock).For("anna");
        var refused = await Assert.ThrowsAsync<FileException>(
            async () => await files.MakeDirectoryAsync(VirtualPath.Parse("/new"), null, TestContext.Current.CancellationToken));
        Assert.Equal(FileError.ReadOnly, refused.Error);
    }

    [Fact]
    public void Uploads_are_atomic_where_the_setting_says_so() =>
        Assert.IsType<Atomic>(new UserFiles(new Memory(_clock), SettingTable.Read(["sftp.atomic=on"]).Files, _clock).For("anna"));

    [Fact]
    public void An_accounts_sessions_share_its_rate_and_other_accounts_have_their_own()
    {
        var files = new UserFiles(new Memory(_clock), new FilePolicy { UploadRate = 1000 }, _clock);
        Assert.IsType<Throttle>(files.For("anna"));
        Assert.Same(files.For("anna"), files.For("anna"));
        Assert.NotSame(files.For("anna"), files.For("bert"));
    }
}
