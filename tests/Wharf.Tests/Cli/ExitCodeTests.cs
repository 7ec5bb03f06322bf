using Wharf.Cli;
using Wharf.Cli.Errors;
using Wharf.Client;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Net;

namespace Wharf.Tests.Cli;

public sealed class ExitCodeTests
{
    public static TheoryData<string, int, string> Failures => new()
    {
        { "unreachable", 3, "wharf: sftp://h: Nobody answers." },
        { "protocol", 3, "wharf: sftp://h: Nobody answers. --verbose shows the dialogue." },
        { "login", 4, "wharf: sftp://h: Nobody answers (the server said: 530 no). Check the user" },
        { "trust", 5, "wharf: sftp://h: Nobody answers." },
        { "missing", 6, "wharf: There is no such file or directory: /x (the server said: 550 \\x1B[2J)." },
        { "denied", 7, "wharf: sftp://h: Permission was denied: /x." },
        { "timeout", 8, "wharf: sftp://h: Nobody answers. --timeout SECONDS waits longer." },
        { "full", 10, "wharf: sftp://h: The disk is full: /x." },
        { "quota", 10, "wharf: sftp://h: The quota is used up: /x." },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_failed_is_the_exit_code_and_one_sentence(string failure, int code, string sentence)
    {
        using var desk = new CliDesk();
        desk.Files = new Failing(desk.Files, failure switch
        {
            "unreachable" => Way(ConnectionError.Unreachable),
            "protocol" => Way(ConnectionError.Protocol),
            "login" => Way(ConnectionError.LoginRefused, "530 no"),
            "trust" => Way(ConnectionError.NotTrusted),
            "timeout" => Way(ConnectionError.TimedOut),
            "missing" => new FileException(FileError.NotFound, "/x") { ServerReply = "550 \u001b[2J" },
            "denied" => new FileException(FileError.Denied, "/x"),
            "full" => new FileException(FileError.NoSpace, "/x"),
            _ => new FileException(FileError.QuotaExceeded, "/x"),
        });
        var result = await desk.RunAsync("mkdir", "sftp://h/x");
        Assert.Equal(code, (int)result.Code);
        Assert.StartsWith(sentence.Replace("sftp://h: ", "", StringComparison.Ordinal), result.Errors.Replace("sftp://h: ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void A_difference_is_9_and_an_interrupt_130()
    {
        Assert.Equal(9, (int)Faults.CodeOf(new RemoteException(RemoteError.Mismatch, "x")));
        Assert.Equal(130, (int)ExitCode.Interrupted);
    }

    [Fact]
    public async Task An_interrupt_ends_with_130()
    {
        using var desk = new CliDesk();
        desk.Files = new Failing(desk.Files, new OperationCanceledException());
        var result = await desk.RunAsync("mkdir", "sftp://h/x");
        Assert.Equal(ExitCode.Interrupted, result.Code);
        Assert.Equal("Interrupted.\n", result.Errors);
    }

    private static ConnectionException Way(ConnectionError error, string? reply = null) => new(error, "Nobody answers.") { ServerReply = reply };

    private sealed class Failing(IFileSystem inner, Exception failure) : Layer(inner)
    {
        public override ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) => throw failure;
    }
}
