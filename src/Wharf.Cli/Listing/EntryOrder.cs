using Wharf.Client;

namespace Wharf.Cli.Listing;

/// <summary>In which order entries are shown: by name, byte by byte, unless told otherwise.</summary>
internal enum EntryOrder
{
    Name,

    /// <summary>The newest first.</summary>
    Time,

    /// <summary>The largest first.</summary>
    Size,
}

/// <summary>Orders as comparisons.</summary>
internal static class EntryOrders
{
    public static Comparison<RemoteEntry> Of(EntryOrder order, bool reversed)
    {
        Comparison<RemoteEntry> compare = order switch
        {
            EntryOrder.Time => static (one, other) => Then(Nullable.Compare(other.Modified, one.Modified), one, other),
            EntryOrder.Size => static (one, other) => Then(Nullable.Compare(other.Length, one.Length), one, other),
            _ => ByName,
        };
        return reversed ? (one, other) => compare(other, one) : compare;
    }

    private static int Then(int first, RemoteEntry one, RemoteEntry other) => first != 0 ? first : ByName(one, other);

    private static int ByName(RemoteEntry one, RemoteEntry other) => string.CompareOrdinal(one.RelativePath, other.RelativePath);
}
