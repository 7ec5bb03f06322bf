namespace Wharf.Ssh.Keys;

/// <summary>A key file, a key line or one of its options cannot be used.</summary>
/// <param name="sentence">What is wrong and what to do, for whoever wrote it; never a secret.</param>
public sealed class KeyFormatException(string sentence) : Exception(sentence)
{
    /// <summary>Whether all that is wrong is the passphrase, or that there is none.</summary>
    public bool IsForPassphrase { get; init; }
}
