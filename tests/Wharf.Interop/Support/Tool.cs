using System.Diagnostics;
using System.Text;

namespace Wharf.Interop.Support;

/// <summary>How a program ended and what it wrote; the bytes are kept as Latin-1, so that none is lost.</summary>
internal sealed record ClientResult(string Command, int ExitCode, string Output, string Errors, bool TimedOut)
{
    /// <summary>What the program wrote to its standard output, as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Output));

    /// <summary>Fails with all the program said unless it ended well.</summary>
    public ClientResult Succeeded()
    {
        Assert.True(ExitCode == 0 && !TimedOut, $"{this}");
        return this;
    }

    public override string ToString() =>
        $"{Command}\n{(TimedOut ? "was stopped after its time" : $"ended with {ExitCode}")}\n--- output\n{Text}\n--- errors\n{Errors}";
}

/// <summary>Runs other people's programs: arguments as an array, never through a shell, with a time limit.</summary>
internal static class Tool
{
    /// <summary>Longest time one client run may take; generous, since eight test classes may share two cores.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Runs to the end.</summary>
    /// <param name="program">From <see cref="Require.Program"/>.</param>
    /// <param name="arguments">argv without the program.</param>
    /// <param name="input">Standard input, as UTF-8; null closes it at once.</param>
    /// <param name="folder">Working folder; it is the client's HOME as well, so that nobody's dot files take part.</param>
    /// <param name="patience">Time limit if not <see cref="Patience"/>.</param>
    /// <param name="environment">Variables beside those every client gets.</param>
    public static async Task<ClientResult> RunAsync(
        string program, IReadOnlyList<string> arguments, string folder, string? input = null, TimeSpan? patience = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(program, arguments, folder, environment);
        var output = ReadAsync(process.StandardOutput);
        var errors = ReadAsync(process.StandardError);
        bool timedOut = false;
        using (var limit = new CancellationTokenSource(patience ?? Patience))
        {
            try
            {
                if (input is not null)
                {
                    await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input), limit.Token);
                }

                process.StandardInput.Close();
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                timedOut = true;
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        return new ClientResult(
            $"{Path.GetFileName(program)} {string.Join(' ', arguments)}", process.ExitCode, await output, await errors, timedOut);
    }

    /// <summary>Starts and does not wait; for tests that end the client in the middle.</summary>
    public static Process Start(
        string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
            WorkingDirectory = folder,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = folder;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TZ"] = "UTC";
        foreach (string proxy in new[] { "ftp_proxy", "FTP_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "https_proxy" })
        {
            start.Environment.Remove(proxy);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private static async Task<string> ReadAsync(StreamReader reader) => await reader.ReadToEndAsync();
}
