using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote;

/// <summary>One test's place at a server that may run as somebody else: what is put there on disk belongs to that user.</summary>
internal sealed class RemoteDesk : IDisposable
{
    private readonly Desk _desk;

    public RemoteDesk(RemoteServer server)
    {
        Server = server;
        _desk = new Desk(server.Root, server.Clients);
        server.Own(_desk.Remote);
    }

    public RemoteServer Server { get; }

    /// <summary>The folder as the client names it, from the server's root.</summary>
    public string Folder => $"{Server.Base}/{_desk.Name}";

    public string Name => _desk.Name;

    public string Remote => _desk.Remote;

    public string Local => _desk.Local;

    public string LocalFile(string name, int bytes) => _desk.LocalFile(name, bytes);

    public string LocalPath(string name) => _desk.LocalPath(name);

    public string LocalFolder(string name) => _desk.LocalFolder(name);

    public string RemotePath(string name) => _desk.RemotePath(name);

    public string RemoteFile(string name, int bytes)
    {
        string file = _desk.RemoteFile(name, bytes);
        Server.Own(_desk.Remote);
        return file;
    }

    public string RemoteFolder(string name)
    {
        string folder = _desk.RemoteFolder(name);
        Server.Own(folder);
        return folder;
    }

    public void Dispose() => _desk.Dispose();
}
