using Wharf.Net;
using Wharf.Ssh.Keys;

namespace Wharf.Bench.SftpLoad;

/// <summary>What the load process does against a server: first what is not measured, then what is.</summary>
internal interface ILoad : IAsyncDisposable
{
    /// <summary>Logins and warming up that are no part of the figures.</summary>
    Task PrepareAsync();

    /// <summary>The measured part; its own figures by name. Wall and CPU time are taken around it.</summary>
    Task<IReadOnlyDictionary<string, double>> RunAsync();
}

/// <summary>What every load has at hand.</summary>
internal sealed record LoadTools(INetwork Network, SigningKey Key, LoadOptions Options, CancellationToken Cancel)
{
    public Task<LoadSession> LogInAsync() => LoadSession.LogInAsync(Network, Key, Options, Cancel);

    public Task<LoadSession> BeginAsync() => LoadSession.BeginAsync(Network, Key, Options, Cancel);
}
