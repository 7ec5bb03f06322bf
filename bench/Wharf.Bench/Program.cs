using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Wharf.Bench;
using Wharf.Bench.SftpLoad;

[assembly: SupportedOSPlatform("linux")]

if (args is [LoadProgram.Word, .. var load])
{
    return await LoadProgram.RunAsync(load);
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

var suite = Suite.All.FirstOrDefault(s => s.Name == options.Suite);
if (suite is null)
{
    Console.Error.WriteLine($"There is no bench \"{options.Suite}\"; there is: {string.Join(", ", Suite.All.Select(s => s.Name))}.");
    return 2;
}

if (options.Only.Except(suite.Measures.Select(m => m.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"There is no measurement \"{unknown}\"; there is: {string.Join(", ", suite.Measures.Select(m => m.Name))}.");
    return 2;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("The bench needs Linux: it measures with Linux's system calls, and the peers are Debian's.");
    return 2;
}

// Two runs at once would measure each other and share the system user.
using var only = OneAtATime();
if (only is null)
{
    Console.Error.WriteLine("Another bench is running on this machine.");
    return 1;
}

using var bench = new BenchRun(suite, options);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return bench.Run(Console.Out);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    bench.Dispose();
    Environment.Exit(130);
}

static FileStream? OneAtATime()
{
    try
    {
        return new(Path.Combine(Path.GetTempPath(), "wharf-bench.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }
    catch (IOException)
    {
        return null;
    }
}
