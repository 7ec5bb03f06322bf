using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Server.Accounts;

namespace Wharf.Server.Listeners;

/// <summary>
/// What PASV tells clients to connect to, for servers behind an address translation: one address, a host name that is asked
/// again from time to time, or another per client network. PASV can name IPv4 only (RFC 959 section 4.1.2); EPSV names none.
/// </summary>
internal sealed partial class PassiveAddress
{
    /// <summary>Longest wait for a name; a client waits for its 227 meanwhile.</summary>
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromSeconds(5);

    private const string Possible = "an IPv4 address or a host name, for all clients or as NETWORK=ADDRESS for those of one network";

    private readonly List<(IPNetwork Network, Target Target)> _byNetwork = [];
    private readonly Target? _otherwise;
    private readonly TimeSpan _refresh;
    private readonly TimeProvider _clock;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly ILogger<PassiveAddress> _logger;

    /// <summary>Reads the values of --passive-address; each may be several with commas between.</summary>
    /// <exception cref="UsageException">One is no address.</exception>
    public PassiveAddress(
        IEnumerable<string> texts, TimeSpan refresh, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> lookUp,
        ILogger<PassiveAddress> logger)
    {
        (_refresh, _clock, _lookUp, _logger) = (refresh, clock, lookUp, logger);
        foreach (string text in texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries)))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            var target = ParseTarget(text, text[(equals + 1)..]);
            if (equals >= 0)
            {
                _byNetwork.Add((TrustedNetworks.ParseNetwork("--passive-address", text[..equals]), target));
            }
            else if (_otherwise is null)
            {
                _otherwise = target;
            }
            else
            {
                throw new UsageException(
                    $"Argument --passive-address gives a second address for all clients, '{FileNames.ForDisplay(text)}': possible is one, and more as NETWORK=ADDRESS.");
            }
        }

        // The narrowest network that holds a client speaks for it, in whatever order they were given.
        _byNetwork.Sort((one, other) => other.Network.PrefixLength.CompareTo(one.Network.PrefixLength));
    }

    /// <summary>Whether anything was given at all.</summary>
    public bool IsEmpty => _otherwise is null && _byNetwork.Count == 0;

    /// <summary>The address for this client; null for the one it reached us at.</summary>
    public async ValueTask<IPAddress?> ForAsync(IPAddress client, CancellationToken cancellationToken)
    {
        var plain = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        var target = _byNetwork.Find(row => row.Network.Contains(plain)).Target ?? _otherwise;
        return target is null ? null : target.Fixed ?? await ResolveAsync(target, cancellationToken);
    }

    private async Task<IPAddress?> ResolveAsync(Target target, CancellationToken cancel)
    {
        if (target.Known is { } known && _clock.GetElapsedTime(known.At) < _refresh)
        {
            return known.Address;
        }

        try
        {
            var found = await _lookUp(target.Name, cancel).WaitAsync(LongestLookUp, _clock, cancel);
            if (Array.Find(found, address => address.AddressFamily == AddressFamily.InterNetwork) is { } address)
            {
                target.Known = new Known(address, _clock.GetTimestamp());
                return address;
            }

            Log.NoAddress(_logger, target.Name);
        }
        catch (Exception failed) when (failed is SocketException or TimeoutException)
        {
            Log.LookUpFailed(_logger, target.Name, failed.Message);
        }

        // The last address that was known is a better guess than an inner one that the client cannot reach.
        return target.Known?.Address;
    }

    private static Target ParseTarget(string whole, string text)
    {
        if (IPAddress.TryParse(text, out var address) && text.Count(c => c == '.') == 3 && address.AddressFamily == AddressFamily.InterNetwork)
        {
            return new Target(text) { Fixed = address };
        }

        // A name that is all digits and dots is a mistyped address, not a name.
        return Uri.CheckHostName(text) == UriHostNameType.Dns && text.Any(char.IsAsciiLetter)
            ? new Target(text)
            : throw new UsageException($"Argument --passive-address cannot be '{FileNames.ForDisplay(whole)}': possible is {Possible}.");
    }

    private sealed class Target(string name)
    {
        public string Name { get; } = name;

        public IPAddress? Fixed { get; init; }

        public volatile Known? Known;
    }

    private sealed record Known(IPAddress Address, long At);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "--passive-address {Name} has no IPv4 address")]
        public static partial void NoAddress(ILogger logger, string name);

        [LoggerMessage(LogLevel.Warning, "--passive-address {Name} could not be resolved: {Why}")]
        public static partial void LookUpFailed(ILogger logger, string name, string why);
    }
}
