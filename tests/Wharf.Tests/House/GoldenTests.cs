using System.Text.RegularExpressions;
using Wharf.Ssh;
using Wharf.Wire;

namespace Wharf.Tests.House;

/// <summary>No message without its bytes: whoever declares one writes them down.</summary>
public sealed class GoldenTests
{
    private static readonly string[] Chapters = ["Wharf.Ssh.Messages", "Wharf.Sftp.Messages"];

    /// <summary>Every message there is.</summary>
    public static TheoryData<string> Messages =>
    [
        .. typeof(SshServer).Assembly.GetTypes()
            .Where(type => Chapters.Contains(type.Namespace) && type.IsValueType)
            .Where(type => Array.Exists(type.GetInterfaces(), face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IMessage<>)))
            .Select(type => $"{type.Namespace}.{type.Name.Split('`')[0]}")
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_has_golden_bytes(string message)
    {
        string[] words = message.Split('.');
        string tests = string.Join('\n', Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests", "Wharf.Tests", words[1]), "*Tests.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText));

        // "Golden.BothWays(hex, new ChannelOpen(...))", and forms of it that a test class gives a shorter name.
        Assert.True(
            Regex.IsMatch(
                tests,
                $@"\b(Both\w*|Golden\.Write)(<\w+>)?\([^;]*?\b(new\s+{words[^1]}\b|default\({words[^1]}\)|{words[^1]}\.Of\()",
                RegexOptions.Singleline),
            $"No test compares {message} with its bytes.");
    }
}
