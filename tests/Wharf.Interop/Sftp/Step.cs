using System.Text;
using Wharf.Files;

namespace Wharf.Interop.Sftp;

/// <summary>
/// One thing a client is asked to do. Every client gets the same steps and says them in its own words. Local paths are relative
/// to the client's folder, remote ones begin with "/"; bytes that are not UTF-8 are escaped as <see cref="FileNames"/> does.
/// </summary>
internal abstract record Step
{
    /// <summary>A file goes up; with <paramref name="Resume"/> only what the server's lacks at its end.</summary>
    internal sealed record Put(string From, string To, bool Resume = false) : Step;

    /// <summary>A file comes down; with <paramref name="Resume"/> only what the local one lacks at its end.</summary>
    internal sealed record Get(string From, string To, bool Resume = false) : Step;

    /// <summary>The names of a folder are printed.</summary>
    internal sealed record List(string Folder) : Step;

    internal sealed record Rename(string From, string To) : Step;

    internal sealed record Remove(string File) : Step;

    internal sealed record MakeFolder(string Folder) : Step;

    internal sealed record RemoveFolder(string Folder) : Step;

    /// <summary>The step as a line of words for the scripts beside these tests, which undo the percent signs.</summary>
    public string Line => this switch
    {
        Put put => $"{(put.Resume ? "put-rest" : "put")} {Percent(put.From)} {Percent(put.To)}",
        Get get => $"{(get.Resume ? "get-rest" : "get")} {Percent(get.From)} {Percent(get.To)}",
        List list => $"list {Percent(list.Folder)}",
        Rename rename => $"rename {Percent(rename.From)} {Percent(rename.To)}",
        Remove remove => $"remove {Percent(remove.File)}",
        MakeFolder make => $"mkdir {Percent(make.Folder)}",
        RemoveFolder remove => $"rmdir {Percent(remove.Folder)}",
        _ => throw new NotSupportedException($"{this}"),
    };

    /// <summary>Every byte but letters, digits and slashes as %XX.</summary>
    public static string Percent(string path)
    {
        var text = new StringBuilder();
        foreach (byte value in FileNames.Encode(path))
        {
            text.Append(char.IsAsciiLetterOrDigit((char)value) || value == '/' ? $"{(char)value}" : $"%{value:X2}");
        }

        return text.ToString();
    }
}
