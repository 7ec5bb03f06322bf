using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>What a client does in one login.</summary>
/// <param name="Server">At which daemon.</param>
/// <param name="Port">At which of its ports.</param>
/// <param name="Cell">How.</param>
/// <param name="Desk">The folder on the server, with a folder "up" below it.</param>
/// <param name="Local">The client's own folder, with "up" and "down" below it.</param>
/// <param name="Up">Files to upload, by their names in "up" here and there.</param>
/// <param name="Down">Files to download, by their names in "up" there, which become those in "down" here.</param>
/// <param name="Place">What the names of its files begin with; no other client that runs at this desk has it.</param>
public sealed record Errand(FtpsServer Server, int Port, Cell Cell, string Desk, string Local, IReadOnlyList<string> Up, IReadOnlyList<string> Down, string Place)
{
    /// <summary>The address of a folder or file on the server, without a login.</summary>
    public string Url(string scheme, string path) => $"{scheme}://127.0.0.1:{Port}/{Desk}/{path}";

    public string Path(string name) => System.IO.Path.Combine(Local, name);
}

/// <summary>Something that a client program lacks.</summary>
/// <param name="Covers">The cells it cannot be sent to because of that.</param>
/// <param name="Why">One sentence, with the report that tells of it where there is one.</param>
public sealed record Inability(Func<Cell, bool> Covers, string Why);

/// <summary>A program of others, as a client of FTPS.</summary>
public abstract class FtpsClient
{
    /// <summary>The longest that one errand may take on a machine with other things to do.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Whether it offers the control connection's TLS session on data connections, so that a server may require it.</summary>
    public virtual bool ReusesSessions => true;

    public virtual bool Uploads => true;

    /// <summary>Whether it reads, before it closes an upload's data connection, what the server sent over it.</summary>
    public virtual bool ReadsBehindUploads => true;

    /// <summary>Whether it manages to upload a file of no bytes.</summary>
    public virtual bool UploadsNothing => true;

    /// <summary>What it cannot; empty if it can all there is.</summary>
    public virtual IReadOnlyList<Inability> Cannot => [];

    /// <summary>The cells it can be sent to.</summary>
    public IEnumerable<Cell> Cells => Cell.All.Where(cell => !Cannot.Any(inability => inability.Covers(cell)));

    /// <summary>Skips the test where the program is missing.</summary>
    public abstract Task FindAsync();

    /// <summary>Does an errand.</summary>
    public abstract Task<ErrandResult> RunAsync(Errand errand);
}

/// <summary>What came of an errand.</summary>
/// <param name="Text">All that the program said.</param>
/// <param name="Logins">How often it logged in.</param>
public sealed record ErrandResult(string Text, int Logins)
{
    /// <param name="run">The program's run.</param>
    /// <param name="login">What stands in the line that it prints for each login.</param>
    internal static ErrandResult Of(ClientResult run, string login)
    {
        string text = $"{run}";
        return new ErrandResult(text, text.Split('\n').Count(line => line.Contains(login, StringComparison.Ordinal)));
    }
}
