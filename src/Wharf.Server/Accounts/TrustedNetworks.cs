using System.Net;
using Wharf.Files;

namespace Wharf.Server.Accounts;

/// <summary>Networks: those given by --trusted are exempt from delay, rate limit, penalty and early drop; not from the cut-off.</summary>
internal sealed class TrustedNetworks(IReadOnlyList<IPNetwork> networks)
{
    // The bits before the IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2).
    private const int MappedBits = 96;

    /// <summary>None at all.</summary>
    public static TrustedNetworks None { get; } = new([]);

    /// <summary>Whether the address is in one of them. An IPv4-mapped address is the IPv4 address.</summary>
    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the values of --trusted.</summary>
    /// <exception cref="UsageException">One is no network.</exception>
    public static TrustedNetworks Parse(IEnumerable<string> texts) => new([.. texts.Select(text => ParseNetwork("--trusted", text))]);

    /// <summary>Reads the value of a setting: networks with commas between, or nothing.</summary>
    /// <exception cref="UsageException">One is no network.</exception>
    public static TrustedNetworks ParseList(string text) =>
        Parse(text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>A network as ADDRESS/BITS, or one address.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static IPNetwork ParseNetwork(string option, string text)
    {
        if (text.Contains('/') && IPNetwork.TryParse(text, out var network))
        {
            return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedBits
                ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedBits)
                : network;
        }

        // "1" and "10.1" are addresses to IPAddress (inet_aton); whom to trust should be written out.
        if (IPAddress.TryParse(text, out var address) && (text.Contains(':') || text.Count(c => c == '.') == 3))
        {
            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        }

        throw new UsageException(
            $"Argument {option} cannot name the network '{FileNames.ForDisplay(text)}': possible is an address or a network, "
            + "such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32.");
    }
}
