using Wharf.Cli.Shell.Commands;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Syntax;
using Wharf.Files;

namespace Wharf.Cli.Shell;

/// <summary>Runs commands that nobody types: those of a command line, of a batch, of a pipe.</summary>
internal sealed class Loop(Shell shell)
{
    /// <summary>Longest line of a batch, bytes.</summary>
    private const int LongestLine = 1 << 20;

    /// <summary>Runs lines as a person would type them; a - before one ignores its failure, a @ is for batches.</summary>
    /// <returns>The first failure's code, or what the commands said to end with.</returns>
    public async Task<ExitCode> RunAsync(IEnumerable<string> lines, CancellationToken cancel)
    {
        var first = ExitCode.Done;
        foreach (string line in lines.SelectMany(static text => text.Split('\n')))
        {
            var code = await CommandRunner.RunLineAsync(shell, line, LineRules.Usual, cancel);
            first = first == ExitCode.Done ? code : first;
            if (shell.IsFinished || code == ExitCode.Interrupted)
            {
                break;
            }
        }

        return await EndAsync(first, cancel);
    }

    /// <summary>
    /// Runs a batch by the rules of sftp(1): each line is echoed as "sftp> line" unless a @ hides it; the first failure ends it unless a - stands
    /// before the command.
    /// </summary>
    /// <param name="input">The lines.</param>
    /// <param name="stopsAtFailure">With -b; what comes through a pipe goes on.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<ExitCode> RunBatchAsync(Stream input, bool stopsAtFailure, CancellationToken cancel)
    {
        var first = ExitCode.Done;
        await foreach (string line in LinesAsync(input, cancel))
        {
            var (command, ignores, hidden) = BatchLine.Read(line);
            if (!hidden)
            {
                await shell.Io.Output.LineAsync("sftp> " + line, cancel);
            }

            // What a command starts or says on standard error comes behind the echo of it.
            await shell.Io.Output.FlushAsync(cancel);
            var code = await RunOneAsync(command, cancel);
            bool counts = code == ExitCode.Interrupted || (code != ExitCode.Done && !ignores);
            first = counts && first == ExitCode.Done ? code : first;
            if (shell.IsFinished || code == ExitCode.Interrupted || (counts && stopsAtFailure))
            {
                break;
            }
        }

        return await EndAsync(first, cancel);
    }

    private async Task<ExitCode> RunOneAsync(string command, CancellationToken cancel)
    {
        try
        {
            if (LineSplitter.Split(command, LineRules.OfSftp) is not [var statement])
            {
                return ExitCode.Done;
            }

            var code = await CommandRunner.RunAsync(shell, statement, shell.Io, cancel);
            bool aborts = statement.Shell is null && CommandTable.Find(statement.Words[0].Text) is not { Aborts: false };
            return aborts || code == ExitCode.Interrupted ? code : ExitCode.Done;
        }
        catch (UsageException wrong)
        {
            shell.Notices(shell.Io).Error(wrong.Message);
            return ExitCode.Usage;
        }
    }

    /// <summary>What runs beside is waited for: nobody could look after it.</summary>
    private async Task<ExitCode> EndAsync(ExitCode first, CancellationToken cancel)
    {
        if (!shell.IsFinished && first != ExitCode.Interrupted)
        {
            await shell.Queue.DrainAsync(cancel);
            foreach (var job in shell.Jobs.All)
            {
                var code = await Jobs.JobList.WaitAsync(job, cancel);
                first = first == ExitCode.Done ? code : first;
            }
        }

        await shell.Io.Output.FlushAsync(cancel);
        return shell.ExitCode ?? first;
    }

    private static async IAsyncEnumerable<string> LinesAsync(Stream input, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        byte[] buffer = new byte[4096];
        var line = new List<byte>();
        while (true)
        {
            int count = await input.ReadAsync(buffer, cancel);
            for (int i = 0; i < count; i++)
            {
                if (buffer[i] == (byte)'\n')
                {
                    yield return FileNames.Decode(line.ToArray());
                    line.Clear();
                }
                else if (line.Count < LongestLine)
                {
                    line.Add(buffer[i]);
                }
                else
                {
                    throw new UsageException($"A line of the batch has more than {LongestLine} bytes.");
                }
            }

            if (count == 0)
            {
                if (line.Count > 0)
                {
                    yield return FileNames.Decode(line.ToArray());
                }

                yield break;
            }
        }
    }
}
