namespace Wharf.Scp;

/// <summary>The command cannot go on: the peer broke the protocol, or asked for what there is not. The message is for the peer.</summary>
internal sealed class ScpException(string message) : Exception(message);
