namespace Wharf.Ftp.Listings.Parsing;

/// <summary>The forms of LIST in the order they are tried: what can be taken for another form comes before it.</summary>
internal static class FormatTable
{
    public static readonly IReadOnlyList<FormatRow> Rows =
    [
        new("EPLF", static context => new Eplf(context)),
        new("MACOS", static context => new MacOs(context)),
        new("UNIX", static context => new Unix(context)),
        new("WINDOWS", static context => new Dos(context)),
        new("NETWARE", static context => new NetWare(context)),
        new("OS/2", static context => new Os2(context)),
        new("OS/400", static context => new Os400(context)),
        new("NONSTOP", static context => new NonStop(context)),
        new("VMS", static context => new Vms(context)),
        new("MVS", static context => new Mvs(context)),
    ];

    /// <summary>The forms for one listing. The one whose system's name SYST told comes first.</summary>
    public static List<ListingFormat> For(ListingContext context) => context.Kind switch
    {
        ListingKind.Facts => [new FactList(context)],
        ListingKind.Names => [new Names(context)],
        _ => [.. Rows.OrderBy(row => !context.System.Contains(row.System, StringComparison.OrdinalIgnoreCase)).Select(row => row.Make(context))],
    };
}

/// <summary>One form of LIST.</summary>
/// <param name="System">A word of SYST's answer that tells it.</param>
/// <param name="Make">Makes its reader for one listing.</param>
internal sealed record FormatRow(string System, Func<ListingContext, ListingFormat> Make);
