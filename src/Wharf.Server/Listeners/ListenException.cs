namespace Wharf.Server.Listeners;

/// <summary>The arguments are fine, but the system does not give us the port. The message is one sentence.</summary>
internal sealed class ListenException(string sentence) : Exception(sentence);
