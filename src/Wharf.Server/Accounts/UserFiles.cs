using System.Collections.Concurrent;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Server.Settings;

namespace Wharf.Server.Accounts;

/// <summary>
/// What an account sees. The only place where layers are stacked. Each account has one stack, which its sessions share, so that
/// a rate is the account's however many connections it opens. With no policy set the storage itself is handed out, and the
/// kernel may move its bytes.
/// </summary>
/// <param name="storage">The files of --root, which all accounts share.</param>
/// <param name="policy">What is stacked on them.</param>
/// <param name="clock">For rates.</param>
internal sealed class UserFiles(IFileSystem storage, FilePolicy policy, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, IFileSystem> _stacks = new(StringComparer.Ordinal);

    /// <summary>The file system of that account, which has logged in.</summary>
    public IFileSystem For(string user) => _stacks.GetOrAdd(user, static (_, files) => files.Stack(), this);

    private IFileSystem Stack()
    {
        var files = storage;
        if (policy.Atomic)
        {
            files = new Atomic(files);
        }

        if (policy.ReadOnly)
        {
            files = new ReadOnly(files);
        }

        if (policy.DownloadRate > 0 || policy.UploadRate > 0)
        {
            files = new Throttle(files, policy.DownloadRate, policy.UploadRate, clock);
        }

        return files;
    }
}
