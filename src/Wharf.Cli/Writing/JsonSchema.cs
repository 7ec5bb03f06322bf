namespace Wharf.Cli.Writing;

/// <summary>The form of what --json writes, as the program carries it with it.</summary>
internal static class JsonSchema
{
    private const string Name = "wharf.schema.json";

    /// <summary>The file's text.</summary>
    public static async Task<string> ReadAsync(CancellationToken cancel)
    {
        await using var stream = typeof(JsonSchema).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"The build has left {Name} out.");
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancel);
    }
}
