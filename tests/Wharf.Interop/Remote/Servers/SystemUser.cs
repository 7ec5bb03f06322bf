using System.Globalization;
using Wharf.Bench.Peers;

namespace Wharf.Interop.Remote.Servers;

/// <summary>
/// A user of the system for the length of a run: vsftpd, Pure-FTPd, sshd and Dropbear log nobody else in. Removed at its end; one whose
/// test process is dead is removed by the next.
/// </summary>
internal sealed class SystemUser : IDisposable
{
    private const string Mark = "Wharf tests, made for one run";
    private const string Prefix = "wharf-t";
    private const int Tries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private SystemUser(string name, string password, uint id, uint group, string hash) =>
        (Name, Password, Id, Group, Hash) = (name, password, id, group, hash);

    public string Name { get; }

    public string Password { get; }

    public uint Id { get; }

    public uint Group { get; }

    /// <summary>As in shadow(5).</summary>
    public string Hash { get; }

    /// <summary>Makes it with a home that exists.</summary>
    public static async Task<SystemUser> CreateAsync(string home)
    {
        foreach (var left in Entries().Where(fields => fields[4] == Mark && !IsAlive(fields[0])))
        {
            await DemandAsync("userdel", left[0]);
        }

        string name = Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string password = Guid.NewGuid().ToString("N")[..16];
        await DemandAsync("useradd", "--no-create-home", "--home-dir", home, "--shell", "/bin/sh", "--comment", Mark, name);
        // The fewest rounds that crypt(5) allows: the logins of many tests are not about the hash.
        await DemandAsync("/bin/sh", "-c", $"echo '{name}:{password}' | chpasswd --crypt-method SHA256 --sha-rounds 1000");
        string[] entry = Entries().First(fields => fields[0] == name);
        string hash = File.ReadLines("/etc/shadow").First(line => line.StartsWith($"{name}:", StringComparison.Ordinal)).Split(':')[1];
        return new(name, password, uint.Parse(entry[2], CultureInfo.InvariantCulture), uint.Parse(entry[3], CultureInfo.InvariantCulture), hash);
    }

    public void Dispose() => Command.Run("/", "userdel", Name);

    private static IEnumerable<string[]> Entries() => File.ReadAllLines("/etc/passwd").Select(line => line.Split(':'));

    private static bool IsAlive(string name) =>
        Directory.Exists($"/proc/{name[Prefix.Length..]}") && name != Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>These programs give up at once where another of them holds the lock on the files.</summary>
    private static async Task DemandAsync(params string[] command)
    {
        for (int attempt = 1; ; attempt++)
        {
            var (code, _, errors) = Command.Run("/", command[0], command[1..]);
            if (code == 0)
            {
                return;
            }

            Assert.True(attempt < Tries, $"{command[0]}: {errors}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
