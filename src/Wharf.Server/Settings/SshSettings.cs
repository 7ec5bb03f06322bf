using Wharf.Server.Listeners;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;

namespace Wharf.Server.Settings;

/// <summary>SSH's own switches and bounds. Host keys come from the data folder.</summary>
internal sealed record SshSettings
{
    /// <summary>Bounds of a connection.</summary>
    public SshLimits Limits { get; init; } = new();

    /// <summary>Bounds before the login.</summary>
    public AuthenticationLimits Authentication { get; init; } = new();

    /// <summary>A text file that clients show before the login; null for none.</summary>
    public string? Banner { get; init; }

    /// <summary>Lists that replace the default ones, by <see cref="AlgorithmList.Setting"/>; texts, so that two settings compare.</summary>
    public AlgorithmTexts Algorithms { get; init; } = new();

    /// <summary>Networks whose clients may use every algorithm we know, SHA-1 included; as it was written.</summary>
    public string LegacyNetworks { get; init; } = "";

    /// <summary>What is negotiated where a listener does not say.</summary>
    public SshAlgorithms Negotiated => AlgorithmList.Rows.Aggregate(
        SshAlgorithms.Default, (all, row) => row.Parse(Algorithms[row], out _) is { } names ? row.Set(all, names) : all);
}

/// <summary>The lists of the settings ssh.kex and its like; "" keeps the default.</summary>
internal sealed class AlgorithmTexts : IEquatable<AlgorithmTexts>
{
    private readonly string[] _texts;

    public AlgorithmTexts()
        : this([.. AlgorithmList.Rows.Select(_ => "")])
    {
    }

    private AlgorithmTexts(string[] texts) => _texts = texts;

    /// <summary>One list.</summary>
    public string this[AlgorithmList row] => _texts[IndexOf(row)];

    /// <summary>With another text for one list.</summary>
    public AlgorithmTexts With(AlgorithmList row, string text)
    {
        string[] texts = [.. _texts];
        texts[IndexOf(row)] = text;
        return new AlgorithmTexts(texts);
    }

    public bool Equals(AlgorithmTexts? other) => other is not null && _texts.SequenceEqual(other._texts);

    public override bool Equals(object? obj) => Equals(obj as AlgorithmTexts);

    public override int GetHashCode() => string.Join(';', _texts).GetHashCode(StringComparison.Ordinal);

    private static int IndexOf(AlgorithmList row) => Enumerable.Range(0, AlgorithmList.Rows.Count).First(i => AlgorithmList.Rows[i].Word == row.Word);
}
