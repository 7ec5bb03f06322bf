using System.Text.RegularExpressions;

namespace Wharf.Tests.House;

/// <summary>ARCHITECTURE.md's rules that a program can check. They read using lines and names, so a fully qualified name slips through.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Which folders of src/Wharf a folder may use besides itself.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Wire"] = [],
        ["Files"] = [],
        ["Net"] = [],
        ["Accounts"] = ["Files"],
        ["Ssh"] = ["Wire", "Files", "Accounts", "Net"],
        ["Sftp"] = ["Wire", "Files", "Net"],
        ["Ftp"] = ["Files", "Accounts", "Net"],
        ["Scp"] = ["Wire", "Ssh", "Files"],
        ["Serving"] = ["Wire", "Files", "Net", "Accounts", "Ssh", "Sftp", "Scp"],
        ["Client"] = ["Wire", "Files", "Net", "Accounts", "Ssh", "Sftp", "Ftp", "Scp"],
    };

    [Fact]
    public void Each_folder_of_the_library_uses_only_the_folders_below_it()
    {
        var offences =
            from file in Repository.Sources("src/Wharf")
            let folder = file.Split('/')[2]
            from Match match in UsesOfTheLibrary().Matches(Repository.Read(file))
            let used = match.Groups[1].Value
            where used != folder && !MayUse[folder].Contains(used)
            select $"{file} uses {used}";
        Assert.Empty(offences);
    }

    [Theory]
    [InlineData(@"\bDateTime\.(Utc)?Now\b|\bDateTimeOffset\.(Utc)?Now\b|\bStopwatch\.|\bEnvironment\.TickCount", "")]
    [InlineData(@"\bTimeProvider\.System\b", "src/Wharf/Client/RemoteOptions.cs")]
    [InlineData(@"\bnew (Socket|TcpClient|TcpListener|NetworkStream)\(", "src/Wharf/Net/")]
    [InlineData(@"\bFile\.(Open|Create|Read|Write|Delete|Move)|\bnew FileStream\(|\bDirectory\.(Create|Enumerate|Delete)", "src/Wharf/Files/Storage/")]
    public void What_belongs_to_one_folder_stands_nowhere_else(string pattern, string folder)
    {
        var offences =
            from file in Repository.Sources("src/Wharf")
            where folder.Length == 0 || !file.StartsWith(folder, StringComparison.Ordinal)
            where Regex.IsMatch(Repository.Read(file), pattern)
            select file;
        Assert.Empty(offences);
    }

    [Theory]
    [InlineData("src/Wharf/Ftp/Commands", "FtpCommand", "src/Wharf/Ftp/Commands/CommandTable.cs")]
    [InlineData("src/Wharf/Ftp/Modes", "TransmissionMode", "src/Wharf/Ftp/Modes/ModeTable.cs")]
    [InlineData("src/Wharf/Ssh/Ciphers", "CipherMethod", "src/Wharf/Ssh/Ciphers/CipherTable.cs")]
    [InlineData("src/Wharf/Ssh/Compression", "CompressionMethod", "src/Wharf/Ssh/Compression/CompressionTable.cs")]
    public void Every_class_that_needs_a_row_has_one(string folder, string row, string table)
    {
        string rows = Repository.Read(table);
        var missing =
            from file in Repository.Sources(folder)
            from Match match in Regex.Matches(Repository.Read(file), @"sealed (?:partial )?class (\w+)\([^)]*\) : " + row + @"\b")
            where !rows.Contains($"new {match.Groups[1].Value}(", StringComparison.Ordinal)
            select match.Groups[1].Value;
        Assert.Empty(missing);
    }

    [Fact]
    public void No_source_names_an_idea_that_has_no_name_yet()
    {
        var offences = Repository.Sources("src").Where(file => Regex.IsMatch(Path.GetFileName(file), "(Manager|Helper|Utils|Base|Impl)\\.cs$"));
        Assert.Empty(offences);
    }

    [GeneratedRegex(@"^using (?:static )?Wharf\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsesOfTheLibrary();
}
