using System.Text;
using Wharf.Accounts;
using Wharf.Client.Ssh;
using Wharf.Net;
using Wharf.Ssh.Keys;
using Wharf.Tests.Ssh.Agent;
using Wharf.Tests.Ssh.Keys;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client.Ssh;

/// <summary>Which keys are offered, in which order, and when somebody is asked for something.</summary>
public sealed class LoginKeyTests
{
    [Fact]
    public async Task A_passphrase_is_asked_for_only_when_the_server_wants_the_key()
    {
        var key = EncryptedKeys.OpenSshEd25519;
        await using var desk = await DeskAsync(Half(key));
        await desk.WriteAsync("/home/bob/other", EncryptedKeys.OpenSshRsa);
        await desk.WriteAsync("/home/bob/key", key);
        var asked = new List<PassphraseQuestion>();
        desk.Options = desk.Options with
        {
            Identities = [new("~/other"), new("~/key")],
            Passphrase = (question, _) =>
            {
                asked.Add(question);
                return new(question.Try == 2 ? EncryptedKeys.Passphrase : "wrong");
            },
        };
        await desk.LogInAsync();
        Assert.Equal([new("/home/bob/key", 1), new("/home/bob/key", 2)], asked);
        Assert.All(desk.Pair.Log.Texts, line => Assert.DoesNotContain(EncryptedKeys.Passphrase, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_nobody_opens_gives_way_to_the_password()
    {
        var key = EncryptedKeys.OpenSshEd25519;
        await using var desk = await DeskAsync(Half(key));
        await desk.WriteAsync("/home/bob/key", key);
        desk.Options = desk.Options with
        {
            Identities = [new("~/key")], Passphrase = (_, _) => new((string?)null), Password = (_, _) => new(SshPair.Password),
        };
        await desk.LogInAsync();
        Assert.Contains(desk.Pair.Log.Texts, line => line.Contains("/home/bob/key was wanted and cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_public_half_of_an_old_format_lies_beside_it()
    {
        using var opened = PrivateKeyFile.Read(Encoding.UTF8.GetBytes(EncryptedKeys.TraditionalRsa), EncryptedKeys.Passphrase, out _, SshDesk.Cancel);
        await using var desk = await DeskAsync(opened.Public);
        await desk.WriteAsync("/home/bob/key", EncryptedKeys.TraditionalRsa);
        await desk.WriteAsync("/home/bob/key.pub", $"{new PublicKeyLine(opened.Public, "bob")}\n");
        desk.Options = desk.Options with { Identities = [new("~/key")], Passphrase = (_, _) => new(EncryptedKeys.Passphrase) };
        await desk.LogInAsync();
    }

    [Fact]
    public async Task A_public_half_of_another_key_is_found_out()
    {
        using var other = SigningKey.Generate("ssh-rsa");
        await using var desk = await DeskAsync(other.Public);
        await desk.WriteAsync("/home/bob/key", EncryptedKeys.TraditionalRsa);
        await desk.WriteAsync("/home/bob/key.pub", $"{new PublicKeyLine(other.Public, "bob")}\n");
        desk.Options = desk.Options with { Identities = [new("~/key")], Passphrase = (_, _) => new(EncryptedKeys.Passphrase) };
        Assert.Equal(ConnectionError.LoginRefused, (await desk.RefusedAsync()).Error);
    }

    [Fact]
    public async Task Keys_of_the_agent_log_in()
    {
        using var key = SigningKey.Generate("ssh-rsa");
        await using var desk = await DeskAsync(key.Public);
        var agent = Hold(desk, new ScriptedAgent().Add(SshPair.HostKey).Add(key));
        await desk.LogInAsync();
        Assert.Equal(("ssh-rsa", 4u), Assert.Single(agent.Asked));
    }

    [Fact]
    public async Task With_IdentitiesOnly_the_agent_signs_for_keys_that_files_name_alone()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        await using var desk = await DeskAsync(key.Public);
        var agent = Hold(desk, new ScriptedAgent().Add(SshPair.HostKey).Add(key));
        await desk.WriteAsync("/home/bob/.ssh/config", "IdentitiesOnly yes\nIdentityFile ~/none\n");
        Assert.Equal(ConnectionError.LoginRefused, (await desk.RefusedAsync()).Error);

        // The public half in a file is enough to name it.
        await desk.WriteAsync("/home/bob/none", $"{new PublicKeyLine(key.Public, "bob")}\n");
        await desk.LogInAsync();
        Assert.Single(agent.Asked);
    }

    [Fact]
    public async Task An_agent_that_is_gone_is_no_failure()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        await using var desk = await DeskAsync(key.Public);
        desk.Variables["SSH_AUTH_SOCK"] = "/agent";
        desk.Surroundings = desk.Surroundings with { DialAgent = (_, _) => throw new IOException("Connection refused") };
        desk.Options = desk.Options with { UsesAgent = true, Keys = [key] };
        await desk.LogInAsync();
    }

    [Fact]
    public async Task The_usual_files_are_tried_where_nothing_is_named()
    {
        using var key = SigningKey.Generate("ecdsa-sha2-nistp256");
        await using var desk = await DeskAsync(key.Public);
        await desk.WriteAsync("/home/bob/.ssh/id_ecdsa", PrivateKeyFile.Write(key, ""));
        Assert.Equal(ConnectionError.LoginRefused, (await desk.RefusedAsync()).Error);
        desk.Options = desk.Options with { UsesDefaultIdentities = true };
        await desk.LogInAsync();
    }

    [Fact]
    public async Task A_certificate_beside_the_key_is_offered_before_it()
    {
        using var key = SigningKey.Generate("ssh-ed25519");
        var certificate = new TestAuthority { Principals = [SshPair.User] }.Certify(key.Public);
        await using var desk = await DeskAsync(certificate);
        await desk.WriteAsync("/home/bob/key", PrivateKeyFile.Write(key, ""));
        await desk.WriteAsync("/home/bob/key-cert.pub", $"{new PublicKeyLine(certificate, "")}\n");
        desk.Options = desk.Options with { Identities = [new("~/key")] };
        await desk.LogInAsync();
    }

    [Fact]
    public async Task A_security_key_without_an_agent_is_left_out_and_says_so()
    {
        using var token = new TestToken("ssh-ed25519");
        await using var desk = await DeskAsync(SshPair.HostKey.Public);
        await desk.WriteAsync("/home/bob/key", $"{new PublicKeyLine(token.Public, "")}\n");
        desk.Options = desk.Options with { Identities = [new("~/key")] };
        Assert.Equal(ConnectionError.LoginRefused, (await desk.RefusedAsync()).Error);
        Assert.Contains(desk.Pair.Log.Texts, line => line.Contains("no agent has the other", StringComparison.Ordinal));
    }

    /// <summary>A desk whose server knows that key and no password of ours.</summary>
    private static async Task<SshDesk> DeskAsync(PublicKeyBlob key)
    {
        var desk = new SshDesk(SshPair.Start(key: key));
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        desk.Options = desk.Options with { Password = null, ConfigFiles = ["~/.ssh/config"] };
        return desk;
    }

    private static ScriptedAgent Hold(SshDesk desk, ScriptedAgent agent)
    {
        desk.Variables["SSH_AUTH_SOCK"] = "/agent";
        desk.Surroundings = desk.Surroundings with { DialAgent = (path, cancel) => path == "/agent" ? agent.DialAsync(cancel) : throw new IOException("no") };
        desk.Options = desk.Options with { UsesAgent = true };
        return agent;
    }

    private static PublicKeyBlob Half(string file) => PrivateKeyFile.ReadPublic(Encoding.UTF8.GetBytes(file), out _)!;
}
