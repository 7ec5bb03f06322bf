namespace Wharf.Bench.SftpLoad;

/// <summary>One file in one session, the session being there already.</summary>
internal sealed class Transfer(LoadTools tools, bool isUpload) : ILoad
{
    private const int SourceBytes = 4 << 20;

    private readonly byte[] _source = new byte[SourceBytes];
    private LoadSession _session = null!;

    public async Task PrepareAsync()
    {
        new Random(1).NextBytes(_source);
        _session = await tools.BeginAsync();
        if (tools.Options.WarmUpBytes > 0)
        {
            await MoveAsync(tools.Options.WarmUpBytes);
        }
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync()
    {
        await MoveAsync(tools.Options.Bytes);
        return new Dictionary<string, double>();
    }

    public ValueTask DisposeAsync() => _session is null ? default : _session.DisposeAsync();

    private Task MoveAsync(long bytes) => isUpload
        ? _session.PutAsync(tools.Options.Path, bytes, tools.Options.InFlight, _source)
        : _session.GetAsync(tools.Options.Path, bytes, tools.Options.InFlight);
}
