using Wharf.Cli.Errors;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;

namespace Wharf.Cli.Verbs;

/// <summary>Runs a verb to its exit code, whatever it throws: the same for the program, for -c, for a batch and in the shell.</summary>
internal static class VerbRun
{
    public static async Task<ExitCode> RunAsync(Verb verb, VerbCall call, CancellationToken cancel)
    {
        try
        {
            call.Words.CheckCount(verb.Parameters, verb.Usage);
            var code = await verb.RunAsync(call, cancel);
            await call.Output.FlushAsync(cancel);
            return code;
        }
        catch (UsageException wrong)
        {
            string sentence = $"{verb.Name}: {wrong.Message}";
            call.Notices.Error(sentence);
            return await EndAsync(call, ExitCode.Usage, sentence);
        }
        catch (OperationCanceledException)
        {
            // By a signal, or by Ctrl-C at a question. What was asked for as far as it came is shown all the same.
            string sentence = verb.Interrupted(call);
            call.Notices.Say(sentence);
            return await EndAsync(call, ExitCode.Interrupted, sentence);
        }
        catch (RemoteException failure)
        {
            return await TellAsync(call, failure);
        }
        catch (Exception here) when (Faults.OfThisMachine(here) is { } failure)
        {
            return await TellAsync(call, failure);
        }
        catch (OutputClosedException closed)
        {
            // Whoever reads may have had enough ("| head"): only a full disk is worth a word, and a closed pipe is not.
            if (!call.Output.IsPipe)
            {
                call.Notices.Error(closed.Message);
            }

            return closed.IsFull ? ExitCode.NoSpace : ExitCode.SomeFailed;
        }
    }

    private static async Task<ExitCode> TellAsync(VerbCall call, RemoteException failure)
    {
        try
        {
            await call.FailedAsync(failure);
            await call.Output.FlushAsync();
        }
        catch (OutputClosedException)
        {
            // The failure itself was told on standard error.
            return Faults.CodeOf(failure);
        }

        return call.ExitCode;
    }

    /// <summary>The last line of what ends without a failure of a server.</summary>
    private static async Task<ExitCode> EndAsync(VerbCall call, ExitCode code, string sentence)
    {
        try
        {
            if (call.IsJson)
            {
                await call.Output.JsonAsync(ErrorLine.Of(code, sentence), JsonLines.Default.ErrorLine);
            }

            await call.Output.FlushAsync();
        }
        catch (OutputClosedException)
        {
            // The sentence is on standard error.
            return code;
        }

        return code;
    }
}
