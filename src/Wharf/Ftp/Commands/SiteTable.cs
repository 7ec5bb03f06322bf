namespace Wharf.Ftp.Commands;

/// <summary>All SITE knows.</summary>
internal static class SiteTable
{
    public static readonly IReadOnlyList<SiteCommand> Rows =
    [
        new SiteChmod(), new SiteUtime(), new SiteSymlink(), new SiteMkdir(), new SiteRmdir(), new SiteCpfr(), new SiteCpto(),
        new SiteQuota(), new SiteIdle(), new SiteWho(), new SiteHelp(),
    ];

    /// <summary>The row of a name in upper case; null where there is none.</summary>
    public static SiteCommand? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
