using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// Names of the files that copies grow in: ".NAME.wharf-part-TAG" beside the target. The tag of a copy that may be continued is made from
/// the name and the source's length and time, so that no record is needed to know a source that has changed, also from another machine.
/// </summary>
internal static partial class PartNames
{
    private const string Mark = ".wharf-";
    private const string PartMark = ".wharf-part-";
    private const int TagDigits = 16;

    /// <summary>Of a name that a back end chose at a server.</summary>
    private const int BackEndDigits = 8;

    /// <summary>Longest time spent on removing a part whose copy failed.</summary>
    private static readonly TimeSpan _removalTime = TimeSpan.FromSeconds(0.8);

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The name of a part.</summary>
    public static string Of(string name, string tag)
    {
        string rest = PartMark + tag;
        int room = VirtualPath.MaxNameBytes - 1 - rest.Length;
        while (FileNames.Encode(name).Length > room)
        {
            // Never half a surrogate pair.
            name = name[..^(name.Length > 1 && char.IsSurrogatePair(name, name.Length - 2) ? 2 : 1)];
        }

        return "." + name + rest;
    }

    /// <summary>The tag of a copy of that source.</summary>
    public static string TagOf(string name, Entry source)
    {
        // Seconds, since not every way of asking tells more.
        Span<byte> numbers = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(numbers, source.Known.HasFlag(EntryFacts.Length) ? source.Length : -1);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], source.Known.HasFlag(EntryFacts.Modified) ? source.Modified.Ticks / TimeSpan.TicksPerSecond : -1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(numbers);
        hash.AppendData(FileNames.Encode(name));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..TagDigits];
    }

    /// <summary>A tag for a copy that is never continued by another call.</summary>
    public static string RandomTag() => RandomNumberGenerator.GetHexString(TagDigits, lowercase: true);

    /// <summary>Whether a name is that of an unfinished copy: ours, or one that a back end makes for a replacement.</summary>
    public static bool IsOne(string name) => TryRead(name, out _);

    /// <summary>The name whose unfinished copy a file is, by its own name.</summary>
    /// <param name="part">The file's own name.</param>
    /// <param name="name">What it would become; cut at its end where it was too long, "" where a back end does not say.</param>
    /// <returns>False where it is none.</returns>
    public static bool TryRead(string part, out string name)
    {
        int mark = part.LastIndexOf(Mark, StringComparison.Ordinal);
        name = mark > 0 ? part[1..mark] : "";
        if (mark < 0 || part[0] != '.')
        {
            return false;
        }

        var tag = part.AsSpan(mark + Mark.Length);
        bool isPart = tag.StartsWith("part-");
        tag = isPart ? tag["part-".Length..] : tag;
        return (tag.Length == TagDigits || (tag.Length == BackEndDigits && !isPart)) && !tag.ContainsAnyExcept(HexDigits);
    }

    /// <summary>Takes away a part whose copy failed, as far as that can be done soon: the way to it may be gone.</summary>
    public static async Task RemoveAsync(TransferEngine engine, FilePlace part)
    {
        using var soon = new CancellationTokenSource(_removalTime, engine.Clock);
        try
        {
            await part.Files.RemoveFileAsync(part.Path, soon.Token).ConfigureAwait(false);
        }
        catch (Exception left) when (left is IOException or OperationCanceledException)
        {
            if (left is not FileException { Error: FileError.NotFound })
            {
                Log.Left(engine.Logger, part.Path, left.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Path}: left there, the unfinished part of a copy that failed: {Reason}")]
        public static partial void Left(ILogger logger, VirtualPath path, string reason);
    }
}
