namespace Wharf.Wire;

/// <summary>Bytes that break the grammar of RFC 4251 section 5, or of the message they claim to be. The message names the offence.</summary>
/// <param name="offence">What is wrong, in words for a log; never bytes of the peer.</param>
public sealed class WireException(string offence) : Exception(offence);
