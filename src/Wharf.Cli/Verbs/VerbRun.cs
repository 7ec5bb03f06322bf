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
            call.Notices.Error($"{verb.Name}: {wrong.Message}");
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            // By a signal, or by Ctrl-C at a question.
            call.Notices.Say(verb.Interrupted(call));
            return ExitCode.Interrupted;
        }
        catch (RemoteException failure)
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

            return ExitCode.SomeFailed;
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
}
