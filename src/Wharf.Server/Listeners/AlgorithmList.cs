using Wharf.Server.Settings;
using Wharf.Ssh;

namespace Wharf.Server.Listeners;

/// <summary>One of the lists that an SSH connection negotiates: what it is called, and where it belongs.</summary>
/// <param name="Word">In the file of ?algorithms=FILE.</param>
/// <param name="Setting">The setting that replaces the default.</param>
/// <param name="Meaning">For the help.</param>
/// <param name="Get">The list.</param>
/// <param name="Set">The algorithms with another list.</param>
internal sealed record AlgorithmList(
    string Word, string Setting, string Meaning, Func<SshAlgorithms, IReadOnlyList<string>> Get,
    Func<SshAlgorithms, IReadOnlyList<string>, SshAlgorithms> Set)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AlgorithmList> Rows { get; } =
    [
        new("kex", "ssh.kex", "Key exchanges", a => a.KeyExchanges, (a, v) => a with { KeyExchanges = v }),
        new("hostkeys", "ssh.host-keys", "Signature algorithms of host keys", a => a.HostKeys, (a, v) => a with { HostKeys = v }),
        new("ciphers", "ssh.ciphers", "Ciphers", a => a.Ciphers, (a, v) => a with { Ciphers = v }),
        new("macs", "ssh.macs", "Message authentication codes", a => a.Macs, (a, v) => a with { Macs = v }),
        new("compression", "ssh.compression", "Compressions", a => a.Compressions, (a, v) => a with { Compressions = v }),
        new("pubkeys", "ssh.public-keys", "Signature algorithms of users' keys", a => a.PublicKeys, (a, v) => a with { PublicKeys = v }),
    ];

    /// <summary>All names that can be in it.</summary>
    public IReadOnlyList<string> Known => Get(SshAlgorithms.Known);

    /// <summary>The names of "a,b,c", each known and once; null where one is not, which is then in <paramref name="unknown"/> ("" for none at all).</summary>
    public IReadOnlyList<string>? Parse(string text, out string unknown)
    {
        string[] names = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
        unknown = names.FirstOrDefault(name => !Known.Contains(name)) ?? "";
        return names.Length > 0 && unknown.Length == 0 ? names : null;
    }

    /// <summary>The form of its setting; nothing keeps what is offered otherwise.</summary>
    public ValueForm<string> Form => new(
        "names",
        $"names from {ValueForm.OneOfWords(Known)}, with commas between, best first, or nothing for the default",
        (string text, out string value) =>
        {
            value = text;
            return text.Length == 0 || Parse(text, out _) is not null;
        },
        value => value);
}
