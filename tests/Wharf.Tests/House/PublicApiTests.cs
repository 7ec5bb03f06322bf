using System.Reflection;
using System.Text;

namespace Wharf.Tests.House;

/// <summary>What the library shows to programs that embed it. A change of it is a decision: the approved text changes with it.</summary>
public sealed class PublicApiTests
{
    private const string Approved = "tests/Wharf.Tests/House/PublicApi.txt";

    [Fact]
    public void The_public_api_is_the_approved_one()
    {
        string now = Describe(typeof(Wharf.Files.IFileSystem).Assembly);
        string file = Path.Combine(Repository.Root, Approved);
        if (Environment.GetEnvironmentVariable("WHARF_APPROVE_API") == "1")
        {
            File.WriteAllText(file, now);
        }

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == now,
            $"The public API differs from {Approved}. If that is meant, run this test with WHARF_APPROVE_API=1 and commit the file.");
    }

    private static string Describe(Assembly library)
    {
        var text = new StringBuilder();
        foreach (var type in library.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(IsVisible)
                .Select(member => member.ToString()!)
                .Order(StringComparer.Ordinal);
            foreach (string member in members)
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !method.Name.StartsWith("get_", StringComparison.Ordinal)
            && !method.Name.StartsWith("set_", StringComparison.Ordinal) && !method.Name.Contains('<', StringComparison.Ordinal),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetMethod is { } get && (get.IsPublic || get.IsFamily),
        _ => false,
    };
}
