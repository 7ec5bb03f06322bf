namespace Wharf.Wire;

/// <summary>
/// One message of a protocol whose messages begin with a byte that says which (SSH, RFC 4250 section 4.1; SFTP). The
/// declaration is the grammar; both roles use it.
/// </summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
internal interface IMessage<TSelf>
    where TSelf : IMessage<TSelf>
{
    /// <summary>The first byte. <see cref="Read"/> begins behind it and <see cref="Write"/> does not write it.</summary>
    static abstract byte Number { get; }

    /// <summary>Reads the fields in the order of the wire; what it returns may point into the reader's memory.</summary>
    static abstract TSelf Read(ref WireReader reader);

    /// <summary>Writes the fields in the order of the wire.</summary>
    void Write(in WireWriter writer);
}
