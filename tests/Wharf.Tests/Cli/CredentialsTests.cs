using Wharf.Cli.Connections;
using Wharf.Client;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Messages;

namespace Wharf.Tests.Cli;

public sealed class CredentialsTests
{
    private const string Netrc = """
        # logins
        machine other.example login x password y
        machine h login anna password "with blank"
        macdef init
        machine h login trap password trap

        machine h
            login bert
            password b\"2
        default login anonymous password guest
        """;

    [Fact]
    public async Task The_url_comes_first_with_a_warning_that_hides_it()
    {
        using var desk = new CliDesk();
        desk.Variables["WHARF_PASSWORD"] = "variable";
        var result = await desk.RunAsync("ls", "sftp://anna:geheim@h/");
        Assert.Equal("geheim", await PasswordAsync(desk));
        Assert.Contains("warning: a password in a URL", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", result.Errors + result.Output, StringComparison.Ordinal);
        Assert.Equal("", (await desk.RunAsync("ls", "-q", "sftp://anna:geheim@h/")).Errors);
    }

    [Fact]
    public async Task A_descriptor_a_variable_and_netrc_follow_in_this_order()
    {
        using var desk = new CliDesk();
        string netrc = Path.Combine(desk.Folder, ".netrc");
        await File.WriteAllTextAsync(netrc, Netrc, TestContext.Current.CancellationToken);
        SetMode(netrc, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await desk.RunAsync("ls", "sftp://anna@h/");
        Assert.Equal("with blank", await PasswordAsync(desk));
        desk.Variables["WHARF_PASSWORD"] = "variable";
        await desk.RunAsync("ls", "sftp://anna@h/");
        Assert.Equal("variable", await PasswordAsync(desk));
        desk.Variables["OTHER"] = "other";
        await desk.RunAsync("ls", "--password-env", "OTHER", "sftp://anna@h/");
        Assert.Equal("other", await PasswordAsync(desk));
        await desk.RunAsync("ls", "--password-fd", "7", "sftp://anna@h/");
        Assert.Equal("secret-of-7", await PasswordAsync(desk));
        await desk.RunAsync("ls", "ftp://elsewhere/");
        Assert.Equal("anonymous", desk.Opened[^1].Options.User);
    }

    [Fact]
    public async Task A_netrc_that_others_may_read_does_not_count()
    {
        using var desk = new CliDesk();
        string netrc = Path.Combine(desk.Folder, ".netrc");
        await File.WriteAllTextAsync(netrc, Netrc, TestContext.Current.CancellationToken);
        SetMode(netrc, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var result = await desk.RunAsync("ls", "sftp://h/");
        Assert.Null(await PasswordAsync(desk));
        Assert.Contains("chmod 600", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h", null, "anna", "with blank")]
    [InlineData("H", "bert", "bert", "b\"2")]
    [InlineData("nowhere", null, "anonymous", "guest")]
    [InlineData("h", "carl", null, null)]
    public void Netrc_is_read_by_host_and_user(string host, string? user, string? login, string? password)
    {
        var entry = Wharf.Cli.Connections.Netrc.Find(Netrc, host, user);
        Assert.Equal(login, entry?.Login);
        Assert.Equal(password, entry?.Password);
    }

    [Fact]
    public async Task A_person_is_asked_once_for_all_connections_and_again_when_that_was_refused()
    {
        var person = new Person("first", "second");
        using var desk = new CliDesk { Questions = person };
        await desk.RunAsync("ls", "sftp://anna@h/");
        Assert.Equal("first", await PasswordAsync(desk));
        Assert.Equal("first", await PasswordAsync(desk));
        Assert.Equal("second", await PasswordAsync(desk, attempt: 2));
        Assert.Equal("second", await PasswordAsync(desk));
        Assert.Equal(["Password of anna@h: ", "That was refused. Password of anna@h: "], person.Asked);
    }

    [Fact]
    public async Task Where_what_a_script_gave_was_wrong_a_person_is_asked_once_for_all_connections()
    {
        var person = new Person("right");
        using var desk = new CliDesk { Questions = person };
        desk.Variables["WHARF_PASSWORD"] = "wrong";
        await desk.RunAsync("ls", "sftp://anna@h/");

        // Two connections that begin beside each other, and a third one later.
        Assert.Equal(("wrong", "wrong"), (await PasswordAsync(desk), await PasswordAsync(desk)));
        Assert.Equal(("right", "right"), (await PasswordAsync(desk, attempt: 2), await PasswordAsync(desk, attempt: 2)));
        Assert.Equal("right", await PasswordAsync(desk));
        Assert.Single(person.Asked);
    }

    [Fact]
    public async Task What_a_script_gave_and_was_refused_is_not_asked_of_nobody()
    {
        using var desk = new CliDesk();
        desk.Variables["WHARF_PASSWORD"] = "wrong";
        await desk.RunAsync("ls", "sftp://anna@h/");
        Assert.Equal("wrong", await PasswordAsync(desk));
        Assert.Null(await PasswordAsync(desk, attempt: 2));
    }

    [Fact]
    public async Task A_servers_own_questions_reach_the_person_and_its_password_question_what_is_known()
    {
        var person = new Person("123456");
        using var desk = new CliDesk { Questions = person };
        desk.Variables["WHARF_PASSWORD"] = "known";
        await desk.RunAsync("ls", "sftp://anna@h/");
        var keyboard = desk.Opened[^1].Options.Ssh.Keyboard!;
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal(["known"], (await keyboard(new KeyboardQuestion("", "", [new KeyboardPrompt("Password: ", false)]), cancel))!);
        Assert.Equal(["123456"], (await keyboard(new KeyboardQuestion("", "", [new KeyboardPrompt("Code: ", false)]), cancel))!);
        Assert.Equal(["(h) Code: "], person.Asked);
    }

    [Fact]
    public async Task An_unknown_host_is_asked_about_with_kind_and_fingerprint()
    {
        var person = new Person("yes", "no");
        var contact = new FirstContact(person);
        var question = new TrustQuestion("h", 22, "ssh-ed25519", "SHA256:abc");
        Assert.Equal(TrustAnswer.AcceptAndRemember, await contact.DecideAsync(question, TestContext.Current.CancellationToken));
        Assert.Equal(TrustAnswer.Refuse, await contact.DecideAsync(question, TestContext.Current.CancellationToken));
        Assert.Contains("ssh-ed25519 key has the fingerprint\n  SHA256:abc", person.Asked[0], StringComparison.Ordinal);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
            return;
        }

        Assert.Skip("Windows has no modes.");
    }

    private static async Task<string?> PasswordAsync(CliDesk desk, int attempt = 1) =>
        await desk.Opened[^1].Options.Password!(new PasswordRequest("h", 22, "anna", attempt), TestContext.Current.CancellationToken);

    private sealed class Person(params string[] answers) : IQuestions
    {
        private readonly Queue<string> _answers = new(answers);

        public List<string> Asked { get; } = [];

        public bool CanAsk => true;

        public ValueTask<string?> AskAsync(string question, CancellationToken cancel) => Answer(question);

        public ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel) => Answer(question);

        public async ValueTask<bool> AskTrustAsync(string explanation, string fingerprint, CancellationToken cancel) => await Answer(explanation) == "yes";

        private ValueTask<string?> Answer(string question)
        {
            Asked.Add(question);
            return new(_answers.Dequeue());
        }
    }
}
