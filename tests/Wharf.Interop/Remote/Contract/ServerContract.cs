using Wharf.Files;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;
using Wharf.Tests.Files;

namespace Wharf.Interop.Remote.Contract;

/// <summary>Connections to one server, for all tests of the contract.</summary>
/// <typeparam name="TKind">Which.</typeparam>
public sealed class ContractServer<TKind>(RemoteServers servers) : IAsyncLifetime
    where TKind : IContractKind
{
    private RemoteAccess? _access;

    internal RemoteAccess Access => _access ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _access = RemoteAccess.Open(await servers.GetAsync(TKind.Kind));
        await _access.Files.FactsAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_access is not null)
        {
            await _access.DisposeAsync();
        }
    }
}

/// <summary>Names a server at compile time, as fixtures want it.</summary>
public interface IContractKind
{
    static abstract RemoteKind Kind { get; }
}

/// <summary>What every file system does, asked of a real server through our client. What the server itself cannot is skipped, with its reason.</summary>
/// <typeparam name="TKind">Which server.</typeparam>
public abstract class ServerContract<TKind>(ContractServer<TKind> server) : FileSystemContract, IClassFixture<ContractServer<TKind>>
    where TKind : IContractKind
{
    private RemoteDesk? _desk;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _desk?.Dispose();
        GC.SuppressFinalize(this);
    }

    // What a protocol cannot say, whoever speaks it.
    protected override Tells Tells => Tells.None;

    protected override bool SetsEveryTime => false;

    protected override bool KeepsRemovedFiles => TKind.Kind.IsSftp();

    protected override bool SetsLengths => TKind.Kind.IsSftp();

    protected override bool TakesName(string name) => TKind.Kind.IsSftp() || (!name.Contains('\r') && !name.Contains('\n'));

    protected override Task Tidied(int entries) => Eventually.HoldsAsync(
        () => Directory.GetFileSystemEntries(_desk!.Remote).Length == entries, "What was written beside a name that was not committed stays there.");

    protected override IFileSystem Make()
    {
        string test = TestContext.Current.TestMethod!.MethodName;
        if (Limits.Of(TKind.Kind, test) is { } reason)
        {
            Assert.Skip(reason);
        }

        _desk = new RemoteDesk(server.Access.Server);
        return new Below(server.Access.Files, VirtualPath.Parse(_desk.Folder));
    }
}
