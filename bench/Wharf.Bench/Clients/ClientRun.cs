using System.Diagnostics;
using System.Globalization;
using Wharf.Bench.Load;
using Wharf.Bench.Measures;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Clients;

/// <summary>One run of a client: the whole command, login included, in a control group of its own.</summary>
internal static class ClientRun
{
    /// <summary>How a client of ours says what its transfer took without the login, in seconds.</summary>
    public const string TransferWord = "transfer=";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs it; throws with its last words where it fails.</summary>
    /// <param name="client">Whose command.</param>
    /// <param name="command">From <see cref="IClient.CommandFor"/>.</param>
    /// <param name="errand">What it does.</param>
    /// <param name="server">Whom the other CPU time is of.</param>
    /// <param name="place">From where.</param>
    public static ClientCost Do(IClient client, IReadOnlyList<string> command, Errand errand, RunningServer server, Place place)
    {
        using var group = ProcessGroup.Create($"client-{Stopwatch.GetTimestamp():x}", () => Environment.ProcessId);
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = errand.Run,
        };
        foreach (var argument in (string[])["-c", $"{group.JoinCommand}exec \"$@\"", "sh", .. place.Enter(command)])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = errand.Run;
        foreach (var (key, value) in client.Environment)
        {
            start.Environment[key] = value;
        }

        var before = server.Cpu;
        var since = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{client.Name} did not end in {Patience}.");
        }

        var wall = Stopwatch.GetElapsedTime(since);
        EndTheRest(group);
        var said = output.GetAwaiter().GetResult();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{client.Name} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim().Split('\n')[^1]}");
        }

        return new(new(wall, server.Cpu - before, group.Cpu), TransferOf(said, errand));
    }

    /// <summary>lftp does not wait for the ssh it has started.</summary>
    private static void EndTheRest(ProcessGroup group)
    {
        var since = Stopwatch.GetTimestamp();
        for (var left = Left(); left.Count > 0 && Stopwatch.GetElapsedTime(since) < EndTime; left = Left())
        {
            if (Stopwatch.GetElapsedTime(since) > EndTime / 2)
            {
                foreach (var process in left)
                {
                    Native.Kill(process, Native.SignalKill);
                }
            }

            Thread.Sleep(PollTime);
        }

        // Without a control group there is nothing to ask: the root would be this process.
        IReadOnlyList<int> Left() => group is ControlGroup ? group.Processes : [];
    }

    private static TimeSpan? TransferOf(string output, Errand errand)
    {
        if (output.Split('\n').FirstOrDefault(l => l.StartsWith(TransferWord, StringComparison.Ordinal)) is { } line)
        {
            return TimeSpan.FromSeconds(double.Parse(line[TransferWord.Length..], CultureInfo.InvariantCulture));
        }

        var times = Path.Combine(errand.Run, OpenSshSftp.TimesName);
        if (!File.Exists(times))
        {
            return null;
        }

        var seconds = File.ReadAllLines(times).Select(l => double.Parse(l, CultureInfo.InvariantCulture)).ToList();
        return TimeSpan.FromSeconds(seconds[1] - seconds[0]);
    }
}

/// <summary>What a run cost.</summary>
/// <param name="Cost">The whole command.</param>
/// <param name="Transfer">Without the login, where the client can tell.</param>
internal readonly record struct ClientCost(Cost Cost, TimeSpan? Transfer);
