using System.Diagnostics;
using System.Globalization;
using Wharf.Net;
using Wharf.Ssh.Keys;

namespace Wharf.Bench.SftpLoad;

/// <summary>
/// The process that loads SFTP servers with our own client. It says "ready" when all is prepared, begins at a line on standard
/// input, prints its figures on one line and stays until standard input ends.
/// </summary>
internal static class LoadProgram
{
    /// <summary>First word of the command line; not for people.</summary>
    public const string Word = "sftp-load";

    public const string Ready = "ready";
    public const string Failed = "failed: ";

    /// <summary>Seconds of the measured part.</summary>
    public const string Wall = "wall";

    /// <summary>CPU seconds of this process in it.</summary>
    public const string Cpu = "cpu";

    public static readonly IReadOnlyDictionary<string, Func<LoadTools, ILoad>> Loads = new Dictionary<string, Func<LoadTools, ILoad>>
    {
        ["get"] = tools => new Transfer(tools, isUpload: false),
        ["put"] = tools => new Transfer(tools, isUpload: true),
        ["parallel"] = tools => new ParallelGets(tools),
        ["logins"] = tools => new LoginLoop(tools),
        ["list"] = tools => new DirectoryRead(tools),
        ["hold"] = tools => new Hold(tools),
    };

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var options = LoadOptions.Parse(arguments);
        using var key = PrivateKeyFile.Read(await File.ReadAllBytesAsync(options.Key), out _);
        using var stop = new CancellationTokenSource();
        await using var load = Loads[options.What](new LoadTools(new TcpNetwork(new TcpOptions { LendsSockets = true }), key, options, stop.Token));
        try
        {
            await load.PrepareAsync();
            Console.WriteLine(Ready);
            if (Console.ReadLine() is null)
            {
                return 1;
            }

            var cpu = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            var figures = new Dictionary<string, double>(await load.RunAsync());
            figures[Wall] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            figures[Cpu] = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            Console.WriteLine(string.Join(' ', figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key}={figure.Value:R}"))));
            Console.ReadLine();
            return 0;
        }
        catch (IOException broken)
        {
            Console.WriteLine($"{Failed}{broken.Message}");
            return 1;
        }
    }
}
