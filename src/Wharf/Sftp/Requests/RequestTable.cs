using Wharf.Sftp.Messages;

namespace Wharf.Sftp.Requests;

/// <summary>Which number means which request, by version.</summary>
internal static class RequestTable
{
    /// <summary>The rows of version 3, by number; null where there is none.</summary>
    public static SftpRequest?[] Version3 { get; } = Rows(
    [
        (Open.Number, new OpenRequest()),
        (Close.Number, new CloseRequest()),
        (Read.Number, new ReadRequest()),
        (Write.Number, new WriteRequest()),
        (LinkStat.Number, new LinkStatRequest()),
        (HandleStat.Number, new HandleStatRequest()),
        (SetStat.Number, new SetStatRequest()),
        (HandleSetStat.Number, new HandleSetStatRequest()),
        (OpenDirectory.Number, new OpenDirectoryRequest()),
        (ReadDirectory.Number, new ReadDirectoryRequest()),
        (Remove.Number, new RemoveRequest()),
        (MakeDirectory.Number, new MakeDirectoryRequest()),
        (RemoveDirectory.Number, new RemoveDirectoryRequest()),
        (RealPath.Number, new RealPathRequest()),
        (Stat.Number, new StatRequest()),
        (Rename.Number, new RenameRequest()),
        (ReadLink.Number, new ReadLinkRequest()),
        (SymbolicLink.Number, new SymbolicLinkRequest()),
        (Extended.Number, new ExtendedRequest()),
    ]);

    private static SftpRequest?[] Rows((byte Number, SftpRequest Request)[] rows)
    {
        var table = new SftpRequest?[256];
        foreach (var (number, request) in rows)
        {
            table[number] = request;
        }

        return table;
    }
}
