using Wharf.Ssh.Messages;

namespace Wharf.Ssh.Authentication;

/// <summary>A key that the client's side offers, and the algorithm it signs with.</summary>
/// <param name="key">Lent.</param>
internal sealed class KeyOffer(LoginKey key)
{
    private const string Plain = "publickey";
    private const string HostBound = "publickey-hostbound-v00@openssh.com";

    private string _algorithm = "";

    /// <summary>Whether the server is to be asked before anything is signed.</summary>
    public bool AsksFirst => key.AsksFirst;

    /// <summary>One for each key, in order.</summary>
    public static IEnumerable<KeyOffer> For(IEnumerable<LoginKey> keys) => keys.Select(key => new KeyOffer(key));

    /// <summary>
    /// Takes the best algorithm that the server announced (RFC 8308 section 3.1). It decides for RSA, where there are several;
    /// other keys have one, and are offered even if the server forgot to name it. False where the key has none the server takes.
    /// </summary>
    public bool Choose(IReadOnlyList<string>? announced)
    {
        var own = key.SignatureAlgorithms;
        string? choice = announced is null
            ? own[0]
            : own.FirstOrDefault(name => announced.Contains(name) || announced.Contains(SignatureAlgorithmNames.WithoutCertificate(name)))
                ?? (own.Count == 1 ? own[0] : null);
        _algorithm = choice ?? "";
        return choice is not null;
    }

    /// <summary>The method's name: the one that signs the host key too where the server knows it.</summary>
    public static string Method(IClientAuthenticationTransport transport) => transport.ServerBindsHostKey ? HostBound : Plain;

    /// <summary>Asks whether the key may be used.</summary>
    public PublickeyFields Question(IClientAuthenticationTransport transport) => new(
        _algorithm, key.Public.Bytes, transport.ServerBindsHostKey ? transport.ServerHostKey.Bytes : (ReadOnlyMemory<byte>?)null, null);

    /// <summary>Proves that we hold it; null where it cannot be used after all.</summary>
    public async ValueTask<PublickeyFields?> ProofAsync(IClientAuthenticationTransport transport, string user, CancellationToken cancel)
    {
        var fields = Question(transport);
        var request = new UserauthRequest(user, UserauthRequest.Connection, Method(transport), default);
        byte[]? signature = await key.SignAsync(_algorithm, fields.SignedData(transport.SessionId.Span, request), cancel).ConfigureAwait(false);
        return signature is null ? null : fields with { Signature = signature };
    }

    /// <summary>Whether the server means this key and algorithm.</summary>
    public bool IsAnswer(in UserauthPkOk answer) => answer.Algorithm == _algorithm && answer.Key.Span.SequenceEqual(key.Public.Bytes.Span);
}
