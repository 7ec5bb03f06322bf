namespace Wharf.Cli.Syntax;

/// <summary>The words somebody typed cannot be used; the message is one sentence for them.</summary>
internal sealed class UsageException(string message) : Exception(message);
