using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Server;
using Wharf.Ssh.Keys;
using Wharf.Tests.Ssh.Keys;

namespace Wharf.Tests.Server;

public sealed class HostKeysTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("wharf-keys-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void The_first_start_makes_one_key_of_each_kind_and_the_second_reads_them()
    {
        string[] made;
        using (var keys = Load())
        {
            Assert.Equal(["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"], keys.Keys.Select(key => key.Public.Type));
            made = [.. keys.Keys.Select(key => key.Public.Fingerprint)];
        }

        Assert.Equal(
            ["ssh_host_ecdsa_key", "ssh_host_ecdsa_key.pub", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub", "ssh_host_rsa_key", "ssh_host_rsa_key.pub"],
            Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        foreach (string file in Directory.GetFiles(_folder, "*.pub"))
        {
            Assert.Contains(PublicKeyLine.Parse(File.ReadAllText(file)).Key.Fingerprint, made);
        }

        using var again = Load();
        Assert.Equal(made, again.Keys.Select(key => key.Public.Fingerprint));
    }

    [Fact]
    public void Keys_are_for_their_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        Load().Dispose();
#pragma warning disable CA1416 // Skipped there, above.
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        foreach (string file in Directory.GetFiles(_folder, "*_key"))
        {
            Assert.Equal(Private, File.GetUnixFileMode(file));
        }

        string open = Path.Combine(_folder, "ssh_host_rsa_key");
        File.SetUnixFileMode(open, Private | UnixFileMode.GroupRead);
        var refused = Assert.Throws<UsageException>(Load);
        Assert.Contains("0640", refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
#pragma warning restore CA1416
    }

    [Fact]
    public void Numbered_files_are_more_keys_of_their_kind_in_the_order_of_their_numbers()
    {
        Load().Dispose();
        Put("ssh_host_ed25519_key.10", TestKeys.Ed25519File);
        Put("ssh_host_ed25519_key.2", TestKeys.Ecdsa384File);
        Put("ssh_host_ed25519_key.old", "not looked at");
        Put("ssh_host_rsa_key~", "not looked at");
        using var keys = Load();
        Assert.Equal(
            ["ssh-ed25519", "ecdsa-sha2-nistp384", "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"],
            keys.Keys.Select(key => key.Public.Type));
        Assert.Equal(PublicKeyLine.Parse(TestKeys.Ed25519Line).Key, keys.Keys[2].Public);
    }

    [Theory]
    [InlineData("", "no private key")]
    [InlineData(TestKeys.EncryptedFile, "ssh-keygen -p")]
    [InlineData(TestKeys.SmallRsaFile, "1024 bits")]
    public void A_broken_file_is_an_error_that_names_it(string content, string reason)
    {
        Directory.CreateDirectory(_folder);
        Put("ssh_host_rsa_key", content);
        var refused = Assert.Throws<UsageException>(Load);
        Assert.Contains("ssh_host_rsa_key", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_one_is_an_error_that_names_it()
    {
        File.WriteAllText(_folder, "in the way");
        Assert.Contains("data", Assert.Throws<UsageException>(Load).Message, StringComparison.Ordinal);
    }

    private HostKeys Load() => HostKeys.LoadOrCreate(_folder, NullLogger<HostKeys>.Instance);

    private void Put(string name, string content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, Private);
        }
    }
}
