using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>What differs between the versions of the protocol; chosen once, at INIT or by version-select behind it.</summary>
internal abstract class SftpVersion
{
    /// <summary>Its number on the wire.</summary>
    public abstract uint Number { get; }

    /// <summary>The highest SSH_FX_* it knows.</summary>
    protected abstract SftpCode LastCode { get; }

    /// <summary>The version with that number, or the nearest that there is, of those up to a highest one.</summary>
    /// <param name="wanted">The client's highest.</param>
    /// <param name="highest">Ours.</param>
    public static SftpVersion Choose(uint wanted, uint highest) => Math.Min(wanted, highest) switch
    {
        <= 3 => Version3.Instance,
        4 => Version4.Instance,
        5 => Version5.Instance,
        _ => Version6.Instance,
    };

    /// <summary>The request with that number; null where this version has none.</summary>
    public abstract SftpRequest? Find(byte number);

    /// <summary>The code this version has for a failure.</summary>
    public SftpCode CodeOf(SftpFailure failure) =>
        failure.Code <= LastCode ? failure.Code : failure.Between <= LastCode ? failure.Between : failure.InVersion3;

    /// <summary>A name, path or link text of the client.</summary>
    public abstract string DecodeName(ReadOnlySpan<byte> bytes);

    /// <summary>The bytes of a name.</summary>
    /// <param name="name">The text, with escapes as <see cref="FileNames.Decode"/> makes them.</param>
    /// <param name="into">At least <see cref="FileNames.MaxByteCount"/> bytes.</param>
    /// <returns>How many.</returns>
    public abstract int EncodeName(ReadOnlySpan<char> name, Span<byte> into);

    /// <summary>A reply with the attributes of an entry.</summary>
    public abstract Packet Attributes(uint id, Entry entry);

    /// <summary>A NAME reply with one path or link text.</summary>
    /// <param name="id">Of the request.</param>
    /// <param name="path">The path or text.</param>
    /// <param name="entry">What is there, where the client is to know it; null for nothing known.</param>
    public abstract Packet Path(uint id, string path, Entry? entry = null);

    /// <summary>Appends one entry of a READDIR reply.</summary>
    /// <param name="packet">Where to.</param>
    /// <param name="entry">What to write.</param>
    /// <param name="now">For the form of times meant for people.</param>
    public abstract void WriteListed(Packet packet, Entry entry, DateTime now);

    /// <summary>Appends what a READDIR reply ends with.</summary>
    /// <param name="packet">Where to.</param>
    /// <param name="atEnd">Whether nothing comes behind its entries.</param>
    public virtual void EndListed(Packet packet, bool atEnd)
    {
    }

    /// <summary>Appends a name and its length; returns where it begins and how long it is.</summary>
    protected (int At, int Length) WriteName(Packet packet, string name)
    {
        int at = packet.Length;
        var part = packet.Append(4 + FileNames.MaxByteCount(name.Length));
        int length = EncodeName(name, part[4..]);
        BinaryPrimitives.WriteInt32BigEndian(part, length);
        packet.Truncate(at + 4 + length);
        return (at + 4, length);
    }
}
