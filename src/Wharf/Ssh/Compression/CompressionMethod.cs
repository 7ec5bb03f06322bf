using Wharf.Wire;

namespace Wharf.Ssh.Compression;

/// <summary>One row of <see cref="CompressionTable"/> (RFC 4253 section 6.2).</summary>
/// <param name="name">As negotiated.</param>
internal abstract class CompressionMethod(string name)
{
    /// <summary>As negotiated.</summary>
    public string Name { get; } = name;

    /// <summary>A compressor for one direction that lasts until the next NEWKEYS; null where nothing is to be done.</summary>
    public abstract Compressor? CreateCompressor();

    /// <summary>A decompressor for one direction; null where nothing is to be done.</summary>
    /// <param name="mostBytes">Most bytes one payload may grow to; beyond it <see cref="WireException"/>.</param>
    public abstract Decompressor? CreateDecompressor(int mostBytes);
}

/// <summary>Compresses the payloads of one direction.</summary>
internal abstract class Compressor : IDisposable
{
    /// <summary>Appends the compressed payload, flushed, so that the peer can read all of it.</summary>
    public abstract void Compress(ReadOnlySpan<byte> payload, Packet into);

    public abstract void Dispose();
}

/// <summary>Decompresses the payloads of one direction.</summary>
internal abstract class Decompressor : IDisposable
{
    /// <summary>Appends the payload. Throws <see cref="WireException"/> where it is broken or grows past the bound.</summary>
    public abstract void Decompress(ReadOnlySpan<byte> compressed, Packet into);

    public abstract void Dispose();
}
