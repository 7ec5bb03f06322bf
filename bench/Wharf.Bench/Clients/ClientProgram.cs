using Wharf.Bench.Peers;

namespace Wharf.Bench.Clients;

/// <summary>A client of Debian's: the machine's, or its package unpacked.</summary>
internal abstract class ClientProgram(string name, string package, string cache) : IClient
{
    private readonly DebianPackage _package = new(package, cache);
    private bool _isInstalled;
    private string? _version;

    public string Name => name;

    public bool IsOurs => false;

    public string Version => _version ?? package;

    public virtual IReadOnlyDictionary<string, string> Environment => _isInstalled ? new Dictionary<string, string>() : _package.Environment;

    /// <summary>The programs it needs below /usr/bin.</summary>
    protected virtual IReadOnlyList<string> Programs => [name];

    public string? Prepare()
    {
        _isInstalled = Programs.All(p => File.Exists($"/usr/bin/{p}"));
        if (_isInstalled)
        {
            _version = $"{package} {Command.Run("/", "dpkg-query", "-W", "-f", "${Version}", package).Output}";
            return null;
        }

        var reason = _package.Unpack();
        _version = _package.Version;
        return reason;
    }

    public abstract IReadOnlyList<string>? CommandFor(Errand errand);

    protected string Program(string program) => _isInstalled ? $"/usr/bin/{program}" : _package.Program($"usr/bin/{program}");
}
