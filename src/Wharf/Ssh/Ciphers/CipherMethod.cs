using Wharf.Ssh.Macs;

namespace Wharf.Ssh.Ciphers;

/// <summary>One row of <see cref="CipherTable"/>: a cipher by its name.</summary>
/// <param name="name">As negotiated.</param>
/// <param name="keyBytes">Key length.</param>
/// <param name="ivBytes">Length of the initial IV; 0 for none.</param>
/// <param name="hasTag">Whether it authenticates by itself: then no MAC is negotiated (RFC 5647 section 5.1 as OpenSSH does it).</param>
internal abstract class CipherMethod(string name, int keyBytes, int ivBytes, bool hasTag)
{
    /// <summary>As negotiated.</summary>
    public string Name { get; } = name;

    /// <summary>Key length.</summary>
    public int KeyBytes { get; } = keyBytes;

    /// <summary>Length of the initial IV.</summary>
    public int IvBytes { get; } = ivBytes;

    /// <summary>Whether it authenticates by itself.</summary>
    public bool HasTag { get; } = hasTag;

    /// <summary>For one direction of one key period.</summary>
    /// <param name="key">Copied.</param>
    /// <param name="iv">Copied.</param>
    /// <param name="mac">The MAC; null where the cipher has a tag.</param>
    /// <param name="macKey">Its key; copied.</param>
    /// <param name="seals">True for the sending direction.</param>
    public abstract PacketCipher Create(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, MacMethod? mac, ReadOnlySpan<byte> macKey, bool seals);
}
