using Wharf.Accounts;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;

namespace Wharf.Tests.Ssh.Authentication;

/// <summary>The server's side of logins by key, with real keys of ours. Security keys and certificates are proven where keys are.</summary>
public sealed class KeyLoginTests : IDisposable
{
    private const string Plain = "publickey";
    private const string HostBound = "publickey-hostbound-v00@openssh.com";
    private const string Ed25519 = "ssh-ed25519";

    private readonly SigningKey _annas = SigningKey.Generate(Ed25519);
    private readonly SigningKey _other = SigningKey.Generate(Ed25519);

    public void Dispose()
    {
        _annas.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("ssh-ed25519", "ssh-ed25519")]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384")]
    [InlineData("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521")]
    [InlineData("ssh-rsa", "rsa-sha2-256")]
    [InlineData("ssh-rsa", "rsa-sha2-512")]
    public async Task Every_kind_of_key_we_make_logs_in_by_its_signature_asked_about_or_not(string type, string algorithm)
    {
        using var key = SigningKey.Generate(type);
        foreach (string method in new[] { Plain, HostBound })
        {
            var desk = Desk(key);
            Assert.IsType<AuthenticationStep.GoOn>(await AskAsync(desk, "anna", key, algorithm, method));
            Assert.Equal(algorithm, desk.Last<UserauthPkOk>().Algorithm);
            Assert.Equal(key.Public.Bytes, desk.Last<UserauthPkOk>().Key, EqualBytes);
            Assert.Empty(desk.Accounts.Attempts);

            Assert.IsType<AuthenticationStep.LoggedIn>(await ProveAsync(desk, "anna", key, algorithm, method));
            Assert.Equal(key.Public, Assert.IsType<Credential.ProvenKey>(Assert.Single(desk.Accounts.Attempts).Credential).Key);
            Assert.Equal([60, 52], desk.Sent.Select(sent => sent[0]));
        }
    }

    [Fact]
    public async Task T15_a_key_that_was_asked_about_is_no_login_whatever_follows()
    {
        var desk = Desk(_annas);
        await AskAsync(desk, "anna", _annas);
        desk.Last<UserauthPkOk>();

        // Proven is what signed, not what was asked about (CVE-2024-45337).
        Assert.IsType<AuthenticationStep.GoOn>(await ProveAsync(desk, "anna", _other));
        desk.AssertFailure("publickey", "password", "keyboard-interactive");
        Assert.Equal(_other.Public, Assert.IsType<Credential.ProvenKey>(Assert.Single(desk.Accounts.Attempts).Credential).Key);
    }

    [Fact]
    public async Task T15_a_question_with_the_signature_of_another_key_is_refused_without_asking_the_accounts()
    {
        var desk = Desk(_annas);
        await AskAsync(desk, "anna", _annas);
        var fields = Fields(desk, _annas, Ed25519, Plain);
        byte[] stolen = _other.Sign(Ed25519, fields.SignedData(desk.SessionId.Span, UserauthRequest.Of("anna", Plain, fields)));
        await desk.RequestAsync("anna", Plain, fields with { Signature = stolen });
        AssertWrongSignature(desk);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("service")]
    [InlineData("method")]
    [InlineData("session")]
    [InlineData("algorithm")]
    [InlineData("key")]
    [InlineData("bit")]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("longer")]
    public async Task T15_a_signature_is_for_one_user_service_method_session_algorithm_and_key(string changed)
    {
        using var rsa = SigningKey.Generate("ssh-rsa");
        var desk = Desk(rsa);
        var fields = Fields(desk, rsa, "rsa-sha2-512", Plain);
        var signedFields = changed switch
        {
            "algorithm" => fields with { Algorithm = "rsa-sha2-256" },
            "key" => fields with { Key = _other.Public.Bytes },
            _ => fields,
        };
        var signed = UserauthRequest.Of(
            changed == "user" ? "root" : "anna", changed == "method" ? HostBound : Plain, fields);
        signed = changed == "service" ? signed with { Service = "ssh-userauth" } : signed;
        byte[] session = changed == "session" ? [4, 3, 2, 1] : desk.SessionId.ToArray();
        byte[] signature = rsa.Sign("rsa-sha2-512", signedFields.SignedData(session, signed));
        signature = changed switch
        {
            "empty" => [],
            "cut" => signature[..^1],
            "longer" => [.. signature, 0],
            _ => signature,
        };
        if (changed == "bit")
        {
            signature[^1] ^= 1;
        }

        Assert.IsType<AuthenticationStep.GoOn>(await desk.RequestAsync("anna", Plain, fields with { Signature = signature }));
        AssertWrongSignature(desk);
    }

    [Fact]
    public async Task T15_a_request_bound_to_another_host_key_is_refused()
    {
        var desk = Desk(_annas);
        var fields = Fields(desk, _annas, Ed25519, HostBound) with { HostKey = _other.Public.Bytes };
        byte[] signature = _annas.Sign(Ed25519, fields.SignedData(desk.SessionId.Span, UserauthRequest.Of("anna", HostBound, fields)));
        await desk.RequestAsync("anna", HostBound, fields with { Signature = signature });
        AssertWrongSignature(desk);
    }

    [Theory]
    [InlineData("ssh-rsa", "ssh-rsa")]
    [InlineData("ssh-rsa", "ssh-ed25519")]
    [InlineData("ssh-rsa", "rsa-sha2-512-cert-v01@openssh.com")]
    [InlineData("ssh-ed25519", "rsa-sha2-512")]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384")]
    [InlineData("ssh-ed25519", "")]
    public async Task T15_an_algorithm_that_is_not_allowed_or_not_the_keys_is_refused(string type, string algorithm)
    {
        using var key = SigningKey.Generate(type);
        var desk = Desk(key);
        await AskAsync(desk, "anna", key, algorithm);
        desk.AssertFailure("publickey", "password", "keyboard-interactive");
        var fields = Fields(desk, key, algorithm, Plain);
        byte[] data = fields.SignedData(desk.SessionId.Span, UserauthRequest.Of("anna", Plain, fields));
        await desk.RequestAsync("anna", Plain, fields with { Signature = key.Sign(key.SignatureAlgorithms[0], data) });
        desk.AssertFailure("publickey", "password", "keyboard-interactive");
        Assert.Empty(desk.Accounts.Attempts);
        Assert.Empty(desk.Accounts.Questions);
    }

    [Fact]
    public async Task A_required_sequence_takes_the_key_then_the_password()
    {
        var desk = Desk(_annas, wantsBoth: true);
        Assert.IsType<AuthenticationStep.GoOn>(await ProveAsync(desk, "anna", _annas));
        desk.AssertPartialSuccess("password", "keyboard-interactive");
        Assert.IsType<AuthenticationStep.LoggedIn>(await desk.KeyboardAsync("anna", "right"));
        Assert.IsType<Credential.ProvenKey>(Assert.Single(desk.Accounts.Attempts[1].Earlier));
    }

    [Fact]
    public async Task T15_half_a_sequence_opens_nothing_and_the_first_half_does_not_count_twice()
    {
        var desk = Desk(_annas, wantsBoth: true);
        await ProveAsync(desk, "anna", _annas);
        desk.AssertPartialSuccess("password", "keyboard-interactive");
        Assert.IsType<AuthenticationStep.GoOn>(await ProveAsync(desk, "anna", _annas));
        desk.AssertFailure("password", "keyboard-interactive");
        Assert.Single(desk.Accounts.Attempts);
        Assert.IsType<AuthenticationStep.GoOn>(await desk.PasswordAsync("anna", "wrong"));
        desk.AssertFailure("password", "keyboard-interactive");
        Assert.IsType<AuthenticationStep.LoggedIn>(await desk.PasswordAsync("anna", "right"));
    }

    [Fact]
    public async Task T15_another_name_forgets_what_was_proven()
    {
        var desk = Desk(_annas, wantsBoth: true);
        await ProveAsync(desk, "anna", _annas);
        desk.AssertPartialSuccess("password", "keyboard-interactive");
        await desk.PasswordAsync("bert", "right");
        desk.AssertFailure("publickey", "password", "keyboard-interactive");
        Assert.Empty(desk.Accounts.Attempts[^1].Earlier);
        Assert.IsType<AuthenticationStep.GoOn>(await desk.PasswordAsync("anna", "right"));
        Assert.Empty(desk.Accounts.Attempts[^1].Earlier);
        Assert.Contains(desk.Lines, line => line.Contains("begins anew", StringComparison.Ordinal));
    }

    [Fact]
    public async Task T18_key_questions_and_proofs_are_answered_alike_for_unknown_users()
    {
        var known = await AnswersAsync("anna");
        Assert.Equal(known, await AnswersAsync("bert"));

        async Task<List<string>> AnswersAsync(string user)
        {
            var desk = Desk(_annas);
            await AskAsync(desk, user, _other);
            await ProveAsync(desk, user, _other);
            await desk.RequestAsync(user, Plain, Fields(desk, _other, Ed25519, Plain) with { Signature = new byte[83] });
            Assert.Equal(1, desk.Accounts.Failures);
            Assert.Single(desk.Accounts.Attempts);
            Assert.Single(desk.Accounts.Questions);
            return [.. desk.Sent.Select(Convert.ToHexString)];
        }
    }

    [Fact]
    public async Task T34_a_client_with_several_keys_asks_up_to_the_limit_without_penalty()
    {
        var desk = Desk(_annas);
        for (int i = 1; i < 6; i++)
        {
            Assert.IsType<AuthenticationStep.GoOn>(await AskAsync(desk, "anna", _other));
        }

        Assert.IsType<AuthenticationStep.GoOn>(await AskAsync(desk, "anna", _annas));
        Assert.IsType<AuthenticationStep.LoggedIn>(await ProveAsync(desk, "anna", _annas));
        Assert.Equal(0, desk.Accounts.Failures);
    }

    private static bool EqualBytes(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);

    private static LoginDesk Desk(SigningKey key, bool wantsBoth = false) =>
        new(new FakeAccounts { Key = key.Public, WantsBoth = wantsBoth });

    private static PublickeyFields Fields(LoginDesk desk, SigningKey key, string algorithm, string method) =>
        new(algorithm, key.Public.Bytes, method == HostBound ? desk.ServerHostKey.Bytes : (ReadOnlyMemory<byte>?)null, null);

    private static Task<AuthenticationStep> AskAsync(
        LoginDesk desk, string user, SigningKey key, string algorithm = Ed25519, string method = Plain) =>
        desk.RequestAsync(user, method, Fields(desk, key, algorithm, method));

    private static Task<AuthenticationStep> ProveAsync(
        LoginDesk desk, string user, SigningKey key, string algorithm = Ed25519, string method = Plain)
    {
        var fields = Fields(desk, key, algorithm, method);
        byte[] data = fields.SignedData(desk.SessionId.Span, UserauthRequest.Of(user, method, fields));
        return desk.RequestAsync(user, method, fields with { Signature = key.Sign(algorithm, data) });
    }

    private static void AssertWrongSignature(LoginDesk desk)
    {
        desk.AssertFailure("publickey", "password", "keyboard-interactive");
        Assert.Empty(desk.Accounts.Attempts);
        Assert.Equal(1, desk.Accounts.Failures);
    }
}
