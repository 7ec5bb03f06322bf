using System.Reflection;

namespace Wharf.Cli;

/// <summary>The program <c>wharf</c>, from its arguments to its exit code.</summary>
internal static class WharfProgram
{
    /// <summary>The version, without what the build adds to it.</summary>
    public static string Version { get; } =
        typeof(WharfProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments is ["--version"])
        {
            await output.WriteLineAsync($"wharf {Version}");
            return ExitCode.Done;
        }

        await errors.WriteLineAsync("usage: wharf --version");
        return ExitCode.Usage;
    }
}
