using Wharf.Files;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp.Requests;

/// <summary>Which number means which request, by version.</summary>
internal static class RequestTable
{
    private const OpenFlags Flags3 =
        OpenFlags.Read | OpenFlags.Write | OpenFlags.Append | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.Exclusive;

    /// <summary>The flags of OPEN that version 5 has and we follow.</summary>
    public const DispositionFlags Flags5 =
        DispositionFlags.Disposition | DispositionFlags.AppendData | DispositionFlags.AppendDataAtomic | DispositionFlags.TextMode;

    /// <summary>The same for version 6. Advisory is no lock of its own.</summary>
    public const DispositionFlags Flags6 = Flags5 | DispositionFlags.NoFollow | DispositionFlags.BlockAdvisory;

    /// <summary>The rows of version 3, by number; null where there is none.</summary>
    public static SftpRequest?[] Version3 { get; } = Rows(
        [],
        [
            (Open<Attributes>.Number, new OpenRequest<Attributes, Version3>(Flags3)),
            (Close.Number, new CloseRequest()),
            (Read.Number, new ReadRequest()),
            (Write.Number, new WriteRequest()),
            (LinkStat.Number, new StatRequest<LinkStat>("LSTAT", LinkHandling.Self)),
            (HandleStat.Number, new HandleStatRequest<HandleStat>()),
            (OpenDirectory.Number, new OpenDirectoryRequest()),
            (ReadDirectory.Number, new ReadDirectoryRequest()),
            (Remove.Number, new RemoveRequest()),
            (RemoveDirectory.Number, new RemoveDirectoryRequest()),
            (RealPath.Number, new RealPathRequest()),
            (Stat.Number, new StatRequest<Stat>("STAT", LinkHandling.Follow)),
            (Rename.Number, new RenameRequest()),
            (ReadLink.Number, new ReadLinkRequest()),
            (SymbolicLink.Number, new SymbolicLinkRequest()),
            (Extended.Number, new ExtendedRequest()),
            .. Changing<Attributes, Version3>(),
        ]);

    /// <summary>Version 4: what is not here is as in version 3.</summary>
    public static SftpRequest?[] Version4 { get; } = Rows(
        Version3,
        [
            (Open<TypedAttributes<Layout4>>.Number, new OpenRequest<TypedAttributes<Layout4>, TypedMeaning<Layout4>>(Flags3 | OpenFlags.Text)),
            (LinkStatFor.Number, new StatRequest<LinkStatFor>("LSTAT", LinkHandling.Self)),
            (HandleStatFor.Number, new HandleStatRequest<HandleStatFor>()),
            (StatFor.Number, new StatRequest<StatFor>("STAT", LinkHandling.Follow)),
            (LinkToTarget.Number, new LinkToTargetRequest()),
            .. Changing<TypedAttributes<Layout4>, TypedMeaning<Layout4>>(),
        ]);

    /// <summary>Version 5: what is not here is as in version 4.</summary>
    public static SftpRequest?[] Version5 { get; } = Rows(
        Version4,
        [
            (OpenFor<TypedAttributes<Layout5>>.Number, new OpenForRequest<TypedAttributes<Layout5>, TypedMeaning<Layout5>>(Flags5)),
            (RenameAs.Number, new RenameAsRequest()),
            .. Changing<TypedAttributes<Layout5>, TypedMeaning<Layout5>>(),
        ]);

    /// <summary>Version 6: what is not here is as in version 5.</summary>
    public static SftpRequest?[] Version6 { get; } = Rows(
        Version5,
        [
            (OpenFor<TypedAttributes<Layout6>>.Number, new OpenForRequest<TypedAttributes<Layout6>, TypedMeaning<Layout6>>(Flags6)),
            (ComposedRealPath.Number, new ComposedRealPathRequest()),
            (LinkToTarget.Number, null), // LINK took its place
            (MakeLink.Number, new MakeLinkRequest()),
            (Block.Number, new BlockRequest()),
            (Unblock.Number, new UnblockRequest()),
            .. Changing<TypedAttributes<Layout6>, TypedMeaning<Layout6>>(),
        ]);

    /// <summary>The requests that carry attributes and else are the same in every version.</summary>
    private static (byte Number, SftpRequest? Request)[] Changing<TAttributes, TMeaning>()
        where TAttributes : struct, IAttributes<TAttributes>
        where TMeaning : IAttributeMeaning<TAttributes> =>
    [
        (SetStat<TAttributes>.Number, new SetStatRequest<TAttributes, TMeaning>()),
        (HandleSetStat<TAttributes>.Number, new HandleSetStatRequest<TAttributes, TMeaning>()),
        (MakeDirectory<TAttributes>.Number, new MakeDirectoryRequest<TAttributes, TMeaning>()),
    ];

    private static SftpRequest?[] Rows(SftpRequest?[] before, (byte Number, SftpRequest? Request)[] rows)
    {
        var table = new SftpRequest?[256];
        before.CopyTo(table, 0);
        foreach (var (number, request) in rows)
        {
            table[number] = request;
        }

        return table;
    }
}
