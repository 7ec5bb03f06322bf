using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Wharf.Ssh.Keys;

/// <summary>An address, or a network as ADDRESS/BITS, as OpenSSH's lists write them.</summary>
internal readonly struct AddressBlock
{
    // The bits before the IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2).
    private const int MappedBits = 96;

    private readonly IPNetwork _network;

    private AddressBlock(IPNetwork network) => _network = network;

    /// <summary>Whether the address is in it. IPv4-mapped addresses are IPv4, and a zone does not matter.</summary>
    public bool Contains(IPAddress address) => _network.Contains(Plain(address));

    /// <summary>The address without mapping and zone.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    /// <summary>One address or network. Bits beyond the prefix must be zero: whoever set them meant something else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressBlock block)
    {
        block = default;
        int slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];

        // To IPAddress "10.1" and "010.0.0.1" are addresses, and not the ones they look like: only what reads back the same counts.
        if (!IPAddress.TryParse(host, out var address) || host.Contains('%')
            || (address.AddressFamily == AddressFamily.InterNetwork && !host.SequenceEqual(address.ToString())))
        {
            return false;
        }

        int all = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        int bits = all;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > all))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6 && bits >= MappedBits)
        {
            address = address.MapToIPv4();
            bits -= MappedBits;
        }

        if (HasBitsBehind(address, bits))
        {
            return false;
        }

        block = new AddressBlock(new IPNetwork(address, bits));
        return true;
    }

    /// <summary>Addresses and networks between commas; false where one is neither, or there is none.</summary>
    public static bool TryParseList(string? text, [NotNullWhen(true)] out List<AddressBlock>? blocks)
    {
        blocks = [];
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        foreach (var part in text.AsSpan().Split(','))
        {
            if (!TryParse(text.AsSpan(part), out var block))
            {
                return false;
            }

            blocks.Add(block);
        }

        return true;
    }

    private static bool HasBitsBehind(IPAddress address, int bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        for (int i = bits; i < length * 8; i++)
        {
            if ((bytes[i / 8] & (0x80 >> (i % 8))) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
