namespace Wharf.Server;

/// <summary>Arguments or settings cannot be used. The message is one sentence: what was set, what was given, what is possible.</summary>
internal sealed class UsageException(string sentence) : Exception(sentence);
