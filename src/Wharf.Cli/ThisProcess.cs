using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Cli.Connections;
using Wharf.Cli.Writing;

namespace Wharf.Cli;

/// <summary>The machine that the program runs on.</summary>
internal static class ThisProcess
{
    public static Surroundings Surroundings() => new()
    {
        Output = StandardOutput(),
        Errors = Console.Error,
        Input = Console.OpenStandardInput,
        Descriptor = static number => new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Read, bufferSize: 0),
        Variable = Environment.GetEnvironmentVariable,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Screen = ThisScreen(),
        Terminal = Terminals.Terminal.Open,
        Questions = new QuestionTurns(new PersonAtTerminal(TimeProvider.System)),
        OpenEditor = static (path, cancel) => Editor.OpenAsync(path, Environment.GetEnvironmentVariable, cancel),
    };

    /// <summary>
    /// A pipe is written to directly: the console's stream takes the end of its reader for success, and "wharf cat big | head" would go on.
    /// </summary>
    private static Stream StandardOutput()
    {
        const int OutputDescriptor = 1;
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var direct = new FileStream(new SafeFileHandle(OutputDescriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // A file that several programs write to has its place in the descriptor, which only the console's stream moves.
        return direct.CanSeek ? Console.OpenStandardOutput() : direct;
    }

    private static Screen ThisScreen()
    {
        bool output = !Console.IsOutputRedirected, errors = !Console.IsErrorRedirected;
        bool plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        int width = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int told) && told > 0 ? told
            : output || errors ? Math.Max(Console.WindowWidth, 1)
            : Screen.UsualWidth;
        return new Screen(output, errors, width, output && !plain);
    }
}
