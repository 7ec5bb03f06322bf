using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>What differs between the versions of the protocol; chosen once, at INIT.</summary>
internal abstract class SftpVersion
{
    /// <summary>Its number on the wire.</summary>
    public abstract uint Number { get; }

    /// <summary>The request with that number; null where this version has none.</summary>
    public abstract SftpRequest? Find(byte number);

    /// <summary>The code this version has for a failure.</summary>
    public abstract SftpCode CodeOf(SftpFailure failure);

    /// <summary>A reply with the attributes of an entry.</summary>
    public abstract Packet Attributes(uint id, Entry entry);

    /// <summary>A NAME reply with one path or link text and nothing known of it.</summary>
    public abstract Packet Path(uint id, string path);

    /// <summary>Appends one entry of a READDIR reply.</summary>
    /// <param name="packet">Where to.</param>
    /// <param name="entry">What to write.</param>
    /// <param name="now">For the form of times meant for people.</param>
    public abstract void WriteListed(Packet packet, Entry entry, DateTime now);
}
