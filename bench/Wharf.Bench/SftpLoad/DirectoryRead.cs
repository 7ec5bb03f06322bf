namespace Wharf.Bench.SftpLoad;

/// <summary>A folder read to its end with several READDIRs in flight, from OPENDIR to the answer to CLOSE.</summary>
internal sealed class DirectoryRead(LoadTools tools) : ILoad
{
    public const string Names = "names";

    /// <summary>Messages with names in them.</summary>
    public const string Replies = "replies";

    private LoadSession _session = null!;

    public async Task PrepareAsync()
    {
        _session = await tools.BeginAsync();
        await _session.AskLimitsAsync();
        await RunAsync();
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync()
    {
        var (names, replies) = await _session.Sftp.ListAsync(tools.Options.Path, tools.Options.InFlight);
        return new Dictionary<string, double> { [Names] = names, [Replies] = replies };
    }

    public ValueTask DisposeAsync() => _session is null ? default : _session.DisposeAsync();
}
