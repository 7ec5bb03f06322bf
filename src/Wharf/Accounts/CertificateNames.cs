using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Accounts;

/// <summary>
/// The names in a certificate that may be a user's: mail addresses, DNS names and user principal names among the subject's alternative
/// names, and the common name where there are none of these. Only what could be an account's name and nothing else: letters, digits, and
/// <c>. _ - @ +</c> and spaces between them. A name with a NUL, a quote or a slash in it is somebody's try, and there is none then.
/// </summary>
internal static class CertificateNames
{
    /// <summary>Longest name, characters; USER takes no longer one either.</summary>
    private const int MostCharacters = 256;

    private const string AlternativeNames = "2.5.29.17", CommonName = "2.5.4.3", PrincipalName = "1.3.6.1.4.1.311.20.2.3";

    // RFC 5280 section 4.2.1.6, GeneralName.
    private static readonly Asn1Tag OtherName = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Mail = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Value = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Its names; none where it cannot be read.</summary>
    public static IReadOnlyList<string> Of(ReadOnlyMemory<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der.Span);
            var alternative = certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames)
                .SelectMany(extension => Alternative(extension.RawData)).ToList();
            return [.. (alternative.Count > 0 ? alternative : Common(certificate.SubjectName.RawData)).Where(IsName)];
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or AsnContentException)
        {
            return [];
        }
    }

    /// <summary>Whether it can be an account's name and nothing but that.</summary>
    internal static bool IsName(string name) =>
        name.Length is > 0 and <= MostCharacters && char.IsLetterOrDigit(name[0]) && name[^1] != ' '
        && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or '+' or ' ');

    private static List<string> Alternative(byte[] extension)
    {
        var names = new List<string>();
        var reader = new AsnReader(extension, AsnEncodingRules.DER);
        var all = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        while (all.HasData)
        {
            var tag = all.PeekTag();
            if (tag.HasSameClassAndValue(Mail))
            {
                names.Add(all.ReadCharacterString(UniversalTagNumber.IA5String, Mail));
            }
            else if (tag.HasSameClassAndValue(Dns))
            {
                names.Add(all.ReadCharacterString(UniversalTagNumber.IA5String, Dns));
            }
            else if (tag.HasSameClassAndValue(OtherName))
            {
                var other = all.ReadSequence(OtherName);
                if (other.ReadObjectIdentifier() == PrincipalName)
                {
                    names.Add(other.ReadSequence(Value).ReadCharacterString(UniversalTagNumber.UTF8String));
                }
            }
            else
            {
                _ = all.ReadEncodedValue();
            }
        }

        return names;
    }

    /// <summary>
    /// The common name, where there is one and no more than that: of several nobody can say which is meant. Read here, since the
    /// platform's reader leaves out a NUL at the end.
    /// </summary>
    private static List<string> Common(byte[] subject)
    {
        // RFC 5280 section 4.1.2.4: sequence of set of (type, value).
        var names = new List<string>();
        var parts = new AsnReader(subject, AsnEncodingRules.DER).ReadSequence();
        while (parts.HasData)
        {
            var part = parts.ReadSetOf();
            while (part.HasData)
            {
                var pair = part.ReadSequence();
                if (pair.ReadObjectIdentifier() == CommonName)
                {
                    var type = (UniversalTagNumber)pair.PeekTag().TagValue;
                    names.Add(type is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                        ? pair.ReadCharacterString(type)
                        : "");
                }
            }
        }

        return names.Count == 1 ? names : [];
    }
}
