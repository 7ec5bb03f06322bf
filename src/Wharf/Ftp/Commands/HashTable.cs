using System.Security.Cryptography;

namespace Wharf.Ftp.Commands;

/// <summary>A digest that HASH and its kin compute.</summary>
/// <param name="Name">Its name in HASH, OPTS HASH and FEAT.</param>
/// <param name="Start">Begins one.</param>
internal sealed record HashAlgorithmRow(string Name, Func<IRunningHash> Start);

/// <summary>A digest in the making.</summary>
internal interface IRunningHash : IDisposable
{
    void Append(ReadOnlySpan<byte> bytes);

    byte[] Finish();
}

/// <summary>The digests, the start of HASH first. SHA-1, MD5 and CRC32 guard against broken disks and lines, not against people.</summary>
internal static class HashTable
{
    public static readonly IReadOnlyList<HashAlgorithmRow> Rows =
    [
        new("SHA-256", () => new Cryptographic(HashAlgorithmName.SHA256)),
        new("SHA-512", () => new Cryptographic(HashAlgorithmName.SHA512)),
        new("SHA-1", () => new Cryptographic(HashAlgorithmName.SHA1)),
        new("MD5", () => new Cryptographic(HashAlgorithmName.MD5)),
        new("CRC32", () => new Crc32()),
    ];

    public static HashAlgorithmRow? Find(string name) => Rows.FirstOrDefault(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private sealed class Cryptographic(HashAlgorithmName name) : IRunningHash
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public byte[] Finish() => _hash.GetHashAndReset();

        public void Dispose() => _hash.Dispose();
    }
}
