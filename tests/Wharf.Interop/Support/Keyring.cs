[assembly: AssemblyFixture(typeof(Wharf.Interop.Support.Keyring))]

namespace Wharf.Interop.Support;

/// <summary>One user's keys, of every kind, made by ssh-keygen when the first test asks for them. Where that is missing there are none.</summary>
public sealed class Keyring : IDisposable
{
    private const string Authority = "authority";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"wharf-keys-{Guid.NewGuid():N}");
    private readonly Lazy<Task<string>> _authorized;

    public Keyring() => _authorized = new Lazy<Task<string>>(MakeAsync);

    /// <summary>The file with all public keys, and with the authority of the certificate.</summary>
    public Task<string> AuthorizedKeysAsync() => _authorized.Value;

    /// <summary>The private key for that proof; skips the test where there is none.</summary>
    public string FileOf(Proof proof)
    {
        Require.Program("ssh-keygen", "openssh-client");
        return Path.Combine(_folder, NameOf(proof));
    }

    /// <summary>What programs ask that cannot be given a password otherwise (SSH_ASKPASS).</summary>
    public string AskPass => Path.Combine(_folder, "askpass");

    public void Dispose()
    {
        if (_authorized.IsValueCreated)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string NameOf(Proof proof) => proof == Proof.RsaSha512 ? nameof(Proof.RsaSha256) : $"{proof}";

    private async Task<string> MakeAsync()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(AskPass, $"#!/bin/sh\necho '{WharfdProcess.Password}'\n");
        File.SetUnixFileMode(AskPass, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string authorized = Path.Combine(_folder, "authorized_keys");
        var lines = new List<string>();
        const string keygen = "/usr/bin/ssh-keygen";
        if (File.Exists(keygen))
        {
            await Task.WhenAll(
                MakeAsync(Authority, "ed25519"),
                MakeAsync(nameof(Proof.Certificate), "ed25519"),
                MakeAsync(nameof(Proof.Ed25519), "ed25519"),
                MakeAsync(nameof(Proof.Ecdsa256), "ecdsa", "-b", "256"),
                MakeAsync(nameof(Proof.Ecdsa384), "ecdsa", "-b", "384"),
                MakeAsync(nameof(Proof.Ecdsa521), "ecdsa", "-b", "521"),
                MakeAsync(nameof(Proof.RsaSha256), "rsa", "-b", "2048"));
            await KeygenAsync("-s", Authority, "-I", "a test", "-n", WharfdProcess.User, nameof(Proof.Certificate) + ".pub");
            lines.AddRange(Proofs.All.Where(proof => proof.IsKey() && proof is not (Proof.Certificate or Proof.RsaSha512)).Select(proof => Public(NameOf(proof))));
            lines.Add("cert-authority " + Public(Authority));
        }

        await File.WriteAllLinesAsync(authorized, lines);
        return authorized;

        Task MakeAsync(string name, params string[] kind) => KeygenAsync(["-N", "", "-C", name, "-f", name, "-t", .. kind]);

        async Task KeygenAsync(params string[] arguments) => (await Tool.RunAsync(keygen, ["-q", .. arguments], _folder)).Succeeded();

        string Public(string name) => File.ReadAllText(Path.Combine(_folder, name + ".pub")).TrimEnd();
    }
}
