using System.Text.Json;

namespace Wharf.Client.Transfers;

/// <summary>What a plan removes. It comes last in it: files first, then the directories they were in, innermost first.</summary>
internal sealed class SyncRemovals
{
    private readonly SyncLog _files = SyncLog.InMemory();

    /// <summary>In the order they were found, each before those in it; null where one turned out to be needed.</summary>
    private readonly List<SyncStep?> _directories = [];

    /// <summary>Files and links.</summary>
    public long Files => _files.Count;

    /// <summary>Files, links and directories.</summary>
    public long Count => _files.Count + _directories.Count(static step => step is not null);

    /// <summary>Removes a file or link.</summary>
    public async Task AddAsync(SyncStep file, CancellationToken cancel) =>
        await _files.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(file, SyncJson.Default.SyncStep), cancel).ConfigureAwait(false);

    /// <summary>Removes a directory. Returns what <see cref="Keep"/> calls it.</summary>
    public int AddDirectory(string path, bool back)
    {
        _directories.Add(new() { Action = SyncAction.DeleteDirectory, Path = path, Back = back });
        return _directories.Count - 1;
    }

    /// <summary>Leaves a directory after all: something comes into it.</summary>
    public void Keep(int directory) => _directories[directory] = null;

    /// <summary>Writes it all down behind the other steps.</summary>
    public async Task AppendToAsync(SyncLog steps, CancellationToken cancel)
    {
        await steps.AppendAsync(_files, cancel).ConfigureAwait(false);
        for (int i = _directories.Count - 1; i >= 0; i--)
        {
            if (_directories[i] is { } step)
            {
                await steps.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(step, SyncJson.Default.SyncStep), cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gives back what it took.</summary>
    public ValueTask CloseAsync() => _files.DisposeAsync();
}
