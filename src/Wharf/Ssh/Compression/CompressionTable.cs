namespace Wharf.Ssh.Compression;

/// <summary>Every compression we know, in order of preference.</summary>
internal static class CompressionTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<CompressionMethod> Rows { get; } = [new None(), new Zlib()];

    /// <summary>The row of that name; null where we know none.</summary>
    public static CompressionMethod? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);

    /// <summary>"none".</summary>
    private sealed class None() : CompressionMethod("none")
    {
        public override Compressor? CreateCompressor() => null;

        public override Decompressor? CreateDecompressor(int mostBytes) => null;
    }
}
