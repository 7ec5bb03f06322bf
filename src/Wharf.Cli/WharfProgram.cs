using System.Reflection;
using Wharf.Cli.Connections;
using Wharf.Cli.Help;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Files;

namespace Wharf.Cli;

/// <summary>The program <c>wharf</c>, from its arguments to its exit code.</summary>
internal static class WharfProgram
{
    private const string ShellName = "shell";

    /// <summary>The version, without what the build adds to it.</summary>
    public static string Version { get; } =
        typeof(WharfProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, Surroundings around, CancellationToken cancel)
    {
        var output = new Output(around.Output, around.Screen.OutputIsTerminal);
        var plain = new Notices(around.Errors, isQuiet: false);
        try
        {
            switch (arguments)
            {
                case ["--version" or "-V"]:
                    await output.LineAsync($"wharf {Version}", cancel);
                    await output.FlushAsync(cancel);
                    return ExitCode.Done;
                case ["--help" or "-h"]:
                    await output.LineAsync(HelpText.OfProgram(ProgramVerbs.All(around)).TrimEnd('\n'), cancel);
                    await output.FlushAsync(cancel);
                    return ExitCode.Done;
                case []:
                    plain.Error("nothing to do: wharf --help says what there is.");
                    return ExitCode.Usage;
                default:
                    // Options may stand anywhere, also before the verb.
                    var (verb, rest) = Split(arguments);
                    return await RunVerbAsync(verb, rest, around, output, cancel);
            }
        }
        catch (UsageException wrong)
        {
            plain.Error(wrong.Message);
            return await EndAsync(output, arguments.Contains(OutputOptions.Json.Name) ? ErrorLine.Of(ExitCode.Usage, wrong.Message) : null);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Before a verb had begun, or behind its end.
            return ExitCode.Interrupted;
        }
        catch (OutputClosedException closed)
        {
            return closed.IsFull ? ExitCode.NoSpace : ExitCode.SomeFailed;
        }
    }

    /// <summary>Where the words cannot be used, nobody has read yet that objects are asked for.</summary>
    private static async Task<ExitCode> EndAsync(Output output, ErrorLine? line)
    {
        try
        {
            if (line is not null)
            {
                await output.JsonAsync(line, JsonLines.Default.ErrorLine);
            }
        }
        catch (OutputClosedException)
        {
            // The sentence is on standard error.
            return ExitCode.Usage;
        }

        return ExitCode.Usage;
    }

    private static async Task<ExitCode> RunVerbAsync(string name, IReadOnlyList<string> rest, Surroundings around, Output output, CancellationToken cancel)
    {
        var verb = ProgramVerbs.Find(name, around) ?? throw new UsageException(
            $"There is no verb '{FileNames.ForDisplay(name)}'"
            + (NearestName.IfNear(name, ProgramVerbs.Names) is { } near ? $"; did you mean {near}?" : ": wharf --help says what there is."));
        Words words;
        try
        {
            words = Words.Parse(rest, [.. verb.Options, .. OutputOptions.All, .. ConnectionOptions.All]);
        }
        catch (UsageException wrong)
        {
            throw new UsageException($"{verb.Name}: {wrong.Message}");
        }

        if (words.Has(OutputOptions.Help))
        {
            await output.LineAsync(HelpText.OfVerb(verb).TrimEnd('\n'), cancel);
            await output.FlushAsync(cancel);
            return ExitCode.Done;
        }

        var notices = new Notices(around.Errors, words.Has(OutputOptions.Quiet));
        await using var sources = new Sources(new SourceOptions(words, around, notices));
        var call = new VerbCall
        {
            Words = words,
            Typed = rest,
            OpenEditor = around.OpenEditor,
            Places = new CommandLinePlaces(sources),
            Output = output,
            Notices = notices,
            Input = around.Input,
            Questions = around.Questions,
            Screen = around.Screen,
            Clock = around.Clock,
        };
        return await VerbRun.RunAsync(verb, call, cancel);
    }

    /// <summary>The verb is the first word that is no option; of options before it only those that all verbs have are known.</summary>
    private static (string Verb, IReadOnlyList<string> Words) Split(IReadOnlyList<string> arguments)
    {
        if (TypedUrl.IsUrl(arguments[0]))
        {
            // A URL alone opens the shell.
            return (ShellName, arguments);
        }

        if (arguments[0][..Math.Min(1, arguments[0].Length)] != "-")
        {
            return (arguments[0], [.. arguments.Skip(1)]);
        }

        Option[] common = [.. OutputOptions.All, .. ConnectionOptions.All, .. Shell.ShellVerb.Own];
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (word.Length < 2 || word[0] != '-')
            {
                return TypedUrl.IsUrl(word) ? (ShellName, arguments) : (word, [.. arguments.Take(i), .. arguments.Skip(i + 1)]);
            }

            var option = common.FirstOrDefault(option => option.Name == word || (word.Length == 2 && option.Letters.Contains(word[1], StringComparison.Ordinal)));
            i += option?.ValueName is null ? 0 : 1;
        }

        throw new UsageException("no verb is given: wharf --help says what there is.");
    }
}
