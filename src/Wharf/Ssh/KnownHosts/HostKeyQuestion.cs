using Wharf.Accounts;

namespace Wharf.Ssh.KnownHosts;

/// <summary>What a caller is asked about a host whose key no file knows.</summary>
/// <param name="Host">The host as it was dialled.</param>
/// <param name="Port">Its port.</param>
/// <param name="Key">The key it has proven to hold.</param>
public sealed record HostKeyQuestion(string Host, int Port, PublicKeyBlob Key)
{
    /// <summary>The key's type, "ssh-ed25519" for one.</summary>
    public string KeyType => Key.Type;

    /// <summary>As OpenSSH shows it: "SHA256:" and base64 without padding. To be compared with what the server's operator says.</summary>
    public string Fingerprint => Key.Fingerprint;
}

/// <summary>What a caller says to it.</summary>
public enum HostKeyAnswer
{
    /// <summary>No connection.</summary>
    Refuse,

    /// <summary>It is right, for this connection.</summary>
    AcceptOnce,

    /// <summary>It is right, and written to the first file of known hosts.</summary>
    AcceptAndRemember,
}

/// <summary>What becomes of a host whose key no file knows; OpenSSH's StrictHostKeyChecking. A changed key is refused whatever it says.</summary>
internal enum StrictHostKeyChecking
{
    /// <summary>The caller is asked; refused where nobody can be.</summary>
    Ask,

    /// <summary>Refused.</summary>
    Yes,

    /// <summary>Accepted and remembered.</summary>
    AcceptNew,

    /// <summary>As accept-new: nothing here accepts a changed key.</summary>
    No,
}
