using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Wharf.Bench.Measures;
using Wharf.Bench.Peers;
using Wharf.Bench.SftpLoad;

namespace Wharf.Bench.Load;

/// <summary>
/// Our own client in a process of its own: this program once more (<see cref="LoadProgram"/>). Made ready when it is started, so
/// that logins and warming up stay out of the figures, unless they are the figure.
/// </summary>
internal sealed class LoadProcess : IDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TimeSpan _patience;

    private LoadProcess(Process process, TimeSpan patience) => (_process, _patience) = (process, patience);

    /// <summary>The options of a load of this turn's server.</summary>
    public static LoadOptions For(Turn turn, string what) => new()
    {
        What = what,
        Address = Place.Loopback.Address,
        Port = turn.Server.Port,
        User = turn.Site.User,
        Key = turn.Site.Login.Key,
    };

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="options">What it shall do.</param>
    /// <param name="place">From where.</param>
    /// <param name="patience">Longest wait for it to be ready, and again for its figures.</param>
    public static LoadProcess Start(LoadOptions options, Place place, TimeSpan patience)
    {
        List<string> self = [Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(self[0]) == "dotnet")
        {
            self.Add(Assembly.GetExecutingAssembly().Location);
        }

        var command = place.Enter([.. self, LoadProgram.Word, .. options.ToArguments()]);
        var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var load = new LoadProcess(process, patience);
        try
        {
            load.ReadLine();
            return load;
        }
        catch
        {
            load.Dispose();
            throw;
        }
    }

    /// <summary>Does what it is there for and gives its figures by name. It stays as it is afterwards, sessions included.</summary>
    public LoadFigures Run(RunningServer server)
    {
        var before = server.Cpu;
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        var figures = ReadLine().Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
        return new(figures, server.Cpu - before);
    }

    /// <summary>Ends it as its standard input ends; where it does not, it is killed.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended before: nothing is left to be told
        }

        if (!_process.WaitForExit(StopTime))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private string ReadLine()
    {
        var line = _process.StandardOutput.ReadLineAsync().WaitAsync(_patience).GetAwaiter().GetResult();
        return line switch
        {
            null => throw new IOException("The load process ended."),
            _ when line.StartsWith(LoadProgram.Failed, StringComparison.Ordinal) => throw new IOException(line[LoadProgram.Failed.Length..]),
            _ => line,
        };
    }
}

/// <summary>What one load gave, and what it cost both ends.</summary>
internal sealed record LoadFigures(IReadOnlyDictionary<string, double> Values, TimeSpan ServerCpu)
{
    public double this[string name] => Values[name];

    public Cost Cost => new(TimeSpan.FromSeconds(this[LoadProgram.Wall]), ServerCpu, TimeSpan.FromSeconds(this[LoadProgram.Cpu]));
}
