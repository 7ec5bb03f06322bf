using System.Net;
using Wharf.Accounts;
using Wharf.Ssh.Configuration;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>
/// What a CA says about a key (OpenSSH's PROTOCOL.certkeys). One that exists is signed by the CA it names; whether that CA is
/// anybody is for <see cref="AuthorizedKeys"/> to say.
/// </summary>
public sealed class Certificate
{
    private const uint UserType = 1;
    private const uint HostType = 2;

    private const string ForceCommand = "force-command";
    private const string SourceAddress = "source-address";
    private const string VerifyRequired = "verify-required";
    private const string NoTouchRequired = "no-touch-required";

    private Certificate(PublicKeyBlob key, ref WireReader reader)
    {
        Key = key;
        Serial = reader.UInt64();
        uint type = reader.UInt32();
        IsForUsers = type is UserType or HostType
            ? type == UserType
            : throw new WireException("A certificate for neither users nor hosts.");
        KeyId = reader.Text();
        Principals = ReadPrincipals(reader.Bytes());
        ValidAfter = reader.UInt64();
        ValidBefore = reader.UInt64();
        CriticalOptions = ReadOptions(reader.Bytes());
        Extensions = ReadOptions(reader.Bytes());

        // "reserved": whatever stands there means nothing yet.
        reader.Bytes();
        Authority = ReadAuthority(reader.Bytes());
    }

    /// <summary>The certified key.</summary>
    public PublicKeyBlob Key { get; }

    /// <summary>The CA's key, whose signature was checked.</summary>
    public PublicKeyBlob Authority { get; }

    /// <summary>The CA's number for it; 0 where the CA does not count.</summary>
    public ulong Serial { get; }

    /// <summary>Whether it is for users; otherwise it is for hosts.</summary>
    public bool IsForUsers { get; }

    /// <summary>What the CA calls it; for logs, escaped. Any text at all.</summary>
    public string KeyId { get; }

    /// <summary>Whom it is for. OpenSSH once took an empty list for everybody; here it is nobody (security case T15).</summary>
    public IReadOnlyList<string> Principals { get; }

    /// <summary>Valid from this second on, counted from 1970 (UTC).</summary>
    public ulong ValidAfter { get; }

    /// <summary>Valid until before this second, counted from 1970 (UTC); <see cref="ulong.MaxValue"/> means forever.</summary>
    public ulong ValidBefore { get; }

    /// <summary>What must be obeyed or the certificate refused.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> CriticalOptions { get; }

    /// <summary>What may be ignored.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Extensions { get; }

    /// <summary>Whether the CA insists on a PIN or finger.</summary>
    internal bool NeedsVerification => CriticalOptions.ContainsKey(VerifyRequired);

    /// <summary>Whether the CA allows signatures nobody touched a key for.</summary>
    internal bool AllowsAbsence => Extensions.ContainsKey(NoTouchRequired);

    /// <summary>The certificate in a blob; null where it is a key alone or of an unknown kind.</summary>
    /// <exception cref="WireException">It is broken, beyond our limits, or not signed by the CA it names.</exception>
    public static Certificate? Parse(PublicKeyBlob blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        using var key = PublicKey.Parse(blob);
        return key?.Certificate;
    }

    /// <summary>Reads what stands behind the key's fields, and checks the signature.</summary>
    internal static Certificate Read(PublicKeyBlob key, PublicKeyBlob whole, ref WireReader reader)
    {
        var certificate = new Certificate(key, ref reader);
        var signed = whole.Bytes[..^reader.Left];
        var signature = reader.Bytes();
        reader.End();
        using var authority = PublicKey.Parse(certificate.Authority);
        string algorithm = new WireReader(signature).Text();
        return authority is not null && authority.Verify(algorithm, signed.Span, signature).IsValid
            ? certificate
            : throw new WireException("A certificate that the CA it names has not signed.");
    }

    /// <summary>Why it is no login now, from there, as one of these; null where it is one. Says nothing about the CA.</summary>
    /// <param name="principals">One of them must be named in it, letter by letter.</param>
    /// <param name="address">Where the client is.</param>
    /// <param name="now">The time.</param>
    internal string? Refusal(IReadOnlyCollection<string> principals, IPAddress address, DateTimeOffset now)
    {
        long second = now.ToUnixTimeSeconds();
        return !IsForUsers ? "the certificate is for a host"
            : second < 0 || (ulong)second < ValidAfter ? "the certificate is not valid yet"
            : (ulong)second >= ValidBefore ? "the certificate has expired"
            : Principals.Count == 0 ? "the certificate names no principals"
            : !Principals.Any(principals.Contains) ? "the certificate is for other principals"
            : CriticalOptions.Select(option => Refusal(option.Key, option.Value, address)).FirstOrDefault(reason => reason is not null);
    }

    /// <summary>Why it is not this host's now; null where it is. Says nothing about the CA.</summary>
    /// <param name="host">The name it was dialled by; principals may be patterns, as OpenSSH takes them for hosts.</param>
    /// <param name="now">The time.</param>
    internal string? RefusalForHost(string host, DateTimeOffset now)
    {
        long second = now.ToUnixTimeSeconds();
        string name = host.ToLowerInvariant();
        return IsForUsers ? "the certificate is for a user"
            : second < 0 || (ulong)second < ValidAfter ? "the certificate is not valid yet"
            : (ulong)second >= ValidBefore ? "the certificate has expired"
            : Principals.Count == 0 ? "the certificate names no host"
            : !Principals.Any(principal => Wildcards.Match(principal.ToLowerInvariant(), name)) ? "the certificate is for other hosts"

            // None is defined for hosts, and what is critical must be understood.
            : CriticalOptions.Count > 0 ? $"the certificate has the unknown critical option {Printable.Of(CriticalOptions.Keys.First())}"
            : null;
    }

    private static string? Refusal(string option, ReadOnlyMemory<byte> data, IPAddress address)
    {
        switch (option)
        {
            case SourceAddress:
                return !AddressBlock.TryParseList(ReadText(data), out var blocks) ? "the certificate's source-address is no list of networks"
                    : blocks.Any(block => block.Contains(address)) ? null
                    : "the certificate is not valid from this address";
            case ForceCommand:
                // Any other command would have been run instead of serving files: such a certificate was never meant to give that.
                return ReadText(data) == "internal-sftp" ? null : "the certificate forces a command that is not internal-sftp";
            case VerifyRequired:
                return data.IsEmpty ? null : "the certificate's verify-required has a value";
            default:
                return $"the certificate has the unknown critical option {Printable.Of(option)}";
        }
    }

    /// <summary>An option's data holds a string of its own; null where it is anything else.</summary>
    private static string? ReadText(ReadOnlyMemory<byte> data)
    {
        try
        {
            var reader = new WireReader(data);
            string text = reader.Text();
            reader.End();
            return text;
        }
        catch (WireException)
        {
            return null;
        }
    }

    private static List<string> ReadPrincipals(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var principals = new List<string>();
        while (reader.Left > 0)
        {
            if (principals.Count == KeyLimits.MostPrincipals)
            {
                throw new WireException($"A certificate with more than {KeyLimits.MostPrincipals} principals.");
            }

            principals.Add(reader.Text());
        }

        return principals;
    }

    /// <summary>string name, string data, and so on.</summary>
    private static Dictionary<string, ReadOnlyMemory<byte>> ReadOptions(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var options = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (reader.Left > 0)
        {
            if (!options.TryAdd(reader.Text(), reader.Bytes()))
            {
                throw new WireException("A certificate with the same option twice.");
            }
        }

        return options;
    }

    private static PublicKeyBlob ReadAuthority(ReadOnlyMemory<byte> bytes)
    {
        string type = new WireReader(bytes).Text();

        // A chain would have us check one signature for every link that a stranger cares to make (security case T22).
        return PublicKeyTable.Find(type) is not null
            ? new PublicKeyBlob(type, bytes)
            : throw new WireException("A certificate whose CA is a certificate itself, or a key of an unknown kind.");
    }
}
