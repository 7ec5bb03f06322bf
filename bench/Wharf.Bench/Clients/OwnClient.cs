namespace Wharf.Bench.Clients;

/// <summary>Our library behind a small program (bench/Wharf.Bench.Client), published as wharfd is.</summary>
internal sealed class OwnClient(string? path) : IClient
{
    public string Name => "wharf";

    public bool IsOurs => true;

    public string Version => path ?? Name;

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    public string? Prepare() => File.Exists(path) ? null : $"there is no {path ?? "bench client"}; ./build bench makes it";

    public IReadOnlyList<string>? CommandFor(Errand errand) =>
    [
        path!,
        errand.Way switch
        {
            Way.Get => "get",
            Way.Put => "put",
            Way.GetMany => "get-many",
            Way.PutMany => "put-many",
            _ => "drop",
        },
        $"{errand.Protocol}://{errand.Site.User}@{errand.Address}:{errand.Port}/{(errand.IsSftp ? "~/" : "")}{errand.Remote}",
        errand.Local,
        errand.IsSftp ? errand.Site.Login.Key : errand.Site.Password,
    ];
}
