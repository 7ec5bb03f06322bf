namespace Wharf.Ssh.Macs;

/// <summary>One row of <see cref="MacTable"/>: a MAC by its name (RFC 6668, and OpenSSH's -etm forms).</summary>
/// <param name="Name">As negotiated.</param>
/// <param name="Digest">libcrypto's name of the hash.</param>
/// <param name="KeyBytes">Key length.</param>
/// <param name="TagBytes">Length of the tag on the wire.</param>
/// <param name="EncryptThenMac">Whether it covers the encrypted packet, its length in clear.</param>
internal sealed record MacMethod(string Name, string Digest, int KeyBytes, int TagBytes, bool EncryptThenMac);
