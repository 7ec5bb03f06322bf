using System.Globalization;
using System.Net;

namespace Wharf.Bench.SftpLoad;

/// <summary>What the load process is told: arguments in a fixed order, written and read here alone.</summary>
internal sealed record LoadOptions
{
    /// <summary>What to do: get, put, parallel, logins, list, hold.</summary>
    public required string What { get; init; }

    public required string Address { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    /// <summary>File with the private key.</summary>
    public required string Key { get; init; }

    public string Cipher { get; init; } = "aes128-gcm@openssh.com";

    /// <summary>File or folder on the server.</summary>
    public string Path { get; init; } = "";

    /// <summary>Of one transfer.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes moved before the clock starts, so that neither end is still being compiled.</summary>
    public long WarmUpBytes { get; init; }

    /// <summary>Requests in flight of a transfer or a listing.</summary>
    public int InFlight { get; init; } = 64;

    /// <summary>Clients at once, or sessions held.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How long logins are repeated.</summary>
    public TimeSpan Time { get; init; }

    public IPEndPoint Server => new(IPAddress.Parse(Address), Port);

    public IReadOnlyList<string> ToArguments() =>
    [
        What, Address, Text(Port), User, Key, Cipher, Path, Text(Bytes), Text(WarmUpBytes), Text(InFlight), Text(Count), Text(Time.Ticks),
    ];

    public static LoadOptions Parse(IReadOnlyList<string> arguments) => new()
    {
        What = arguments[0],
        Address = arguments[1],
        Port = (int)Number(arguments[2]),
        User = arguments[3],
        Key = arguments[4],
        Cipher = arguments[5],
        Path = arguments[6],
        Bytes = Number(arguments[7]),
        WarmUpBytes = Number(arguments[8]),
        InFlight = (int)Number(arguments[9]),
        Count = (int)Number(arguments[10]),
        Time = TimeSpan.FromTicks(Number(arguments[11])),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
