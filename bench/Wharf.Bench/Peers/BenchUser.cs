using System.Globalization;
using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>
/// A system user for the length of a run, since vsftpd (PAM) and Pure-FTPd (-l unix) log in system users. Its password is hashed
/// with the fewest rounds crypt(5) allows, so that logins measure the servers and not the hash; ProFTPD gets the same hash in a file.
/// </summary>
internal sealed class BenchUser : IDisposable
{
    private const string Mark = "Wharf benchmark, made for one run";

    private BenchUser(string name, string hash, uint user, uint group) => (Name, Hash, User, Group) = (name, hash, user, group);

    public string Name { get; }

    /// <summary>As in shadow(5).</summary>
    public string Hash { get; }

    public uint User { get; }

    public uint Group { get; }

    /// <summary>Makes the user, who owns the served files; null where that is not allowed.</summary>
    public static BenchUser? TryCreate(Site site)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        if (Entry(site.User) is { } old)
        {
            if (old[4] != Mark)
            {
                throw new InvalidOperationException($"There is a user {site.User} that this bench did not make.");
            }

            Remove(site.User); // left by a run that was killed
        }

        var (code, _, _) = Command.Run("/", "useradd", "--no-create-home", "--home-dir", site.Files, "--shell", "/bin/sh", "--comment", Mark, site.User);
        if (code != 0)
        {
            return null;
        }

        Command.Run("/", "/bin/sh", "-c", $"echo '{site.User}:{site.Password}' | chpasswd --crypt-method SHA256 --sha-rounds 1000");
        var entry = Entry(site.User)!;
        var hash = File.ReadLines("/etc/shadow").First(l => l.StartsWith($"{site.User}:", StringComparison.Ordinal)).Split(':')[1];
        var user = new BenchUser(site.User, hash, uint.Parse(entry[2], CultureInfo.InvariantCulture), uint.Parse(entry[3], CultureInfo.InvariantCulture));
        Native.ChangeOwner(site.Files, user.User, user.Group);
        return user;
    }

    public void Dispose() => Remove(Name);

    private static string[]? Entry(string name) =>
        File.ReadLines("/etc/passwd").Select(l => l.Split(':')).FirstOrDefault(f => f[0] == name);

    private static void Remove(string name) => Command.Run("/", "userdel", name);
}
