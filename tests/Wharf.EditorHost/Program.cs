using System.Diagnostics;
using Wharf.Cli.Shell.Editing;
using Wharf.Cli.Terminals;
using Wharf.EditorHost;
using Wharf.Files;

// The line editor and the questions of wharf on a real terminal, without a server: the tests of Wharf.Interop type into it.
var clock = TimeProvider.System;
using var terminal = Terminal.Open();
var history = History.PathFor(Environment.GetEnvironmentVariable) is { } path
    ? await History.OpenAsync(path, clock, CancellationToken.None)
    : History.InMemory();
var editor = new LineEditor(terminal, clock, history) { Completer = new WordCompleter() };
string prompt = args.Length > 0 ? args[0] : "host> ";
while (await editor.ReadLineAsync(prompt, CancellationToken.None) is { } line)
{
    switch (line)
    {
        case "secret":
            string secret = await terminal.ReadSecretAsync("Password: ", clock, CancellationToken.None);
            terminal.Write($"{secret.Length} characters\n");
            break;
        case "ask":
            terminal.Write(await terminal.AskFingerprintAsync("A new host.", "SHA256:abc", CancellationToken.None) ? "believed\n" : "not believed\n");
            break;
        case "job":
            _ = Task.Delay(TimeSpan.FromMilliseconds(300)).ContinueWith(_ => editor.Interject("[1] done"), TaskScheduler.Default);
            break;
        case "die":
            using (terminal.EnterRaw())
            {
                throw new InvalidOperationException("The tests want it.");
            }

        case "exit":
            using (terminal.EnterRaw())
            {
                Environment.Exit(3);
            }

            break;
        case "modes":
            // Who runs next finds the terminal as it was.
            using (var stty = Process.Start(new ProcessStartInfo("/bin/stty", ["-a"])))
            {
                await stty!.WaitForExitAsync();
            }

            break;
        case "size":
            terminal.Write($"{terminal.Columns} by {terminal.Rows}\n");
            break;
        default:
            terminal.Write($"<{FileNames.ForDisplay(line)}>\n");
            break;
    }
}

terminal.Write("bye\n");
