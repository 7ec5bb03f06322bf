using Wharf.Ssh.Keys;

namespace Wharf.Bench.Load;

/// <summary>The one key pair that logs in over SSH, as the files that clients and servers read.</summary>
/// <param name="Key">The private key, in OpenSSH's format.</param>
/// <param name="AuthorizedKeys">The line that lets it in.</param>
internal sealed record SshLogin(string Key, string AuthorizedKeys)
{
    /// <summary>Makes a key pair in a folder.</summary>
    public static SshLogin Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var login = new SshLogin(Path.Combine(folder, "id_ed25519"), Path.Combine(folder, "authorized_keys"));
        using var key = WriteKey(login.Key);
        File.WriteAllText(login.AuthorizedKeys, $"{new PublicKeyLine(key.Public, "bench")}\n");
        return login;
    }

    /// <summary>Writes a new Ed25519 key pair, readable by its owner alone as ssh and sshd demand.</summary>
    public static SigningKey WriteKey(string path)
    {
        var key = SigningKey.Generate("ssh-ed25519");
        File.WriteAllBytes(path, PrivateKeyFile.Write(key, "bench"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return key;
    }
}
