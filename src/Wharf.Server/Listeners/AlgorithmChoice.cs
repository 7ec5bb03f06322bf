using Wharf.Files;
using Wharf.Server.Settings;
using Wharf.Ssh;

namespace Wharf.Server.Listeners;

/// <summary>What sftp://HOST:PORT?algorithms=… means: default, hardened, or a file with lines such as "ciphers=aes256-gcm@openssh.com,aes256-ctr".</summary>
internal static class AlgorithmChoice
{
    private const string Default = "default";
    private const string Hardened = "hardened";

    /// <summary>Largest file, bytes.</summary>
    private const int MostFileBytes = 64 * 1024;

    private static string Words => ValueForm.OneOfWords([.. AlgorithmList.Rows.Select(row => row.Word)]);

    /// <summary>The algorithms.</summary>
    /// <exception cref="UsageException">There is no such word nor file, or the file is wrong.</exception>
    public static SshAlgorithms Read(string choice) => choice switch
    {
        Default => SshAlgorithms.Default,
        Hardened => SshAlgorithms.Hardened,
        _ => Parse(choice, ReadFile(choice)),
    };

    /// <summary>Reads the lines of a file. A list it does not have stays as it is by default; "#" begins a comment.</summary>
    /// <exception cref="UsageException">A line is wrong.</exception>
    public static SshAlgorithms Parse(string path, IEnumerable<string> lines)
    {
        var algorithms = SshAlgorithms.Default;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Split('#')[0].Trim();
            if (text.Length == 0)
            {
                continue;
            }

            string where = $"'{FileNames.ForDisplay(path)}' line {number}";
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string word = equals < 0 ? text : text[..equals].TrimEnd();
            var row = AlgorithmList.Rows.FirstOrDefault(row => row.Word == word)
                ?? throw new UsageException(
                    $"File {where} has '{FileNames.ForDisplay(word)}'; the nearest is {NearestName.To(word, AlgorithmList.Rows.Select(row => row.Word))}, "
                    + $"and possible are {Words}, each with = and names.");
            var names = row.Parse(equals < 0 ? "" : text[(equals + 1)..], out string unknown)
                ?? throw new UsageException(
                    unknown.Length == 0
                        ? $"File {where} gives {row.Word} no name: possible is {ValueForm.OneOfWords(row.Known)}."
                        : $"File {where} gives {row.Word} the name '{FileNames.ForDisplay(unknown)}'; the nearest is {NearestName.To(unknown, row.Known)}, "
                            + $"and possible is {ValueForm.OneOfWords(row.Known)}.");
            algorithms = row.Set(algorithms, names);
        }

        return algorithms;
    }

    private static string[] ReadFile(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MostFileBytes }
                ? File.ReadAllLines(path)
                : throw new IOException("no such file, or one that is too large");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException(
                $"Argument --listen cannot have algorithms='{FileNames.ForDisplay(path)}' ({FileNames.ForDisplay(unreadable.Message.TrimEnd('.'))}): "
                + $"possible is {Default}, {Hardened} or the path of a file with lines of {Words}.");
        }
    }
}
