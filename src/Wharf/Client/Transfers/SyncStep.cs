using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>What one step of a plan does.</summary>
public enum SyncAction
{
    /// <summary>Makes a directory.</summary>
    Make,

    /// <summary>Copies a file or link that is missing.</summary>
    Copy,

    /// <summary>Copies a file or link over a different one.</summary>
    Update,

    /// <summary>Sets the time of a file whose content is the same.</summary>
    Touch,

    /// <summary>Removes a file or link.</summary>
    Delete,

    /// <summary>Removes a directory that is empty by then.</summary>
    DeleteDirectory,

    /// <summary>Does nothing: both sides changed, or a file stands against a directory.</summary>
    Conflict,

    /// <summary>Does nothing: a directory could not be read, and nothing is removed for that.</summary>
    Unread,
}

/// <summary>One step of a <see cref="SyncPlan"/>.</summary>
public sealed record SyncStep
{
    /// <summary>What it does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SyncAction Action { get; init; }

    /// <summary>Below both directories, "/" between names; bytes that are not UTF-8 as <see cref="FileNames"/> has them.</summary>
    [JsonConverter(typeof(PathText))]
    public string Path { get; init; } = "";

    /// <summary>Whether it goes from the target to the source, as in <see cref="SyncMode.TwoWay"/>.</summary>
    public bool Back { get; init; }

    /// <summary>Whether what has the name and is of another kind is removed first, a directory with all in it.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether it is about a symbolic link itself.</summary>
    public bool IsLink { get; init; }

    /// <summary>Where that link leads, if the listing told; null where it must be asked for.</summary>
    [JsonConverter(typeof(PathText))]
    public string? LinkText { get; init; }

    /// <summary>Bytes to copy, as the listing told.</summary>
    public long Bytes { get; init; }

    /// <summary>The time of the file that is copied, UTC; null where not known.</summary>
    public DateTime? Modified { get; init; }

    /// <summary>How exact that is, seconds.</summary>
    public double Precision { get; init; }

    /// <summary>Why, where it is not obvious.</summary>
    public string? Reason { get; init; }

    /// <summary>One that decides nothing: somebody has to.</summary>
    internal static SyncStep Conflict(string path, string reason) => new() { Action = SyncAction.Conflict, Path = path, Reason = reason };

    /// <summary>One that copies a file or link, or its time.</summary>
    internal static SyncStep Copying(SyncAction action, string path, Entry file) => new()
    {
        Action = action,
        Path = path,
        IsLink = file.Kind == EntryKind.Link,
        LinkText = file.Kind == EntryKind.Link ? file.LinkText : null,
        Bytes = file.IsFile && file.Known.HasFlag(EntryFacts.Length) ? file.Length : 0,
        Modified = file.Known.HasFlag(EntryFacts.Modified) ? file.Modified : null,
        Precision = file.ModifiedPrecision.TotalSeconds,
    };

    /// <summary>Paths as JSON can have them: '%' and bytes that are not UTF-8 as %XX, since JSON knows no lone surrogates.</summary>
    internal sealed class PathText : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string text = reader.GetString() ?? "";
            if (!text.Contains('%', StringComparison.Ordinal))
            {
                return text;
            }

            var path = new StringBuilder(text.Length);
            for (int i = 0; i < text.Length; i++)
            {
                if (text[i] == '%' && byte.TryParse(text.AsSpan(i + 1, Math.Min(2, text.Length - i - 1)), NumberStyles.HexNumber, null, out byte value))
                {
                    path.Append(value < 0x80 ? (char)value : (char)(FirstEscape + value - 0x80));
                    i += 2;
                }
                else
                {
                    path.Append(text[i]);
                }
            }

            return path.ToString();
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        {
            if (!value.Contains('%', StringComparison.Ordinal) && FileNames.IsText(value))
            {
                writer.WriteStringValue(value);
                return;
            }

            var text = new StringBuilder(value.Length + 8);
            for (int i = 0; i < value.Length; i++)
            {
                char c = value[i];
                bool isPair = i + 1 < value.Length && char.IsSurrogatePair(c, value[i + 1]);
                if (isPair)
                {
                    text.Append(c).Append(value[++i]);
                }
                else if (c == '%' || char.IsSurrogate(c))
                {
                    text.Append(CultureInfo.InvariantCulture, $"%{(c == '%' ? c : c - FirstEscape + 0x80):X2}");
                }
                else
                {
                    text.Append(c);
                }
            }

            writer.WriteStringValue(text.ToString());
        }

        private const char FirstEscape = '\uDC80';
    }
}

/// <summary>What a plan comes to.</summary>
public sealed record SyncCounts
{
    /// <summary>Directories to make.</summary>
    public long Made { get; set; }

    /// <summary>Files and links to copy that are missing.</summary>
    public long Copied { get; set; }

    /// <summary>Files and links to replace.</summary>
    public long Updated { get; set; }

    /// <summary>Times to set.</summary>
    public long Touched { get; set; }

    /// <summary>Entries to remove.</summary>
    public long Deleted { get; set; }

    /// <summary>Conflicts that nobody has decided.</summary>
    public long Conflicts { get; set; }

    /// <summary>Directories that could not be read.</summary>
    public long Unread { get; set; }

    /// <summary>Files that are the same, or stay as they are.</summary>
    public long Kept { get; set; }

    /// <summary>Bytes to copy.</summary>
    public long Bytes { get; set; }

    /// <summary>Steps altogether.</summary>
    [JsonIgnore]
    public long Steps => Made + Copied + Updated + Touched + Deleted + Conflicts + Unread;

    /// <summary>Whether nothing is to be done.</summary>
    [JsonIgnore]
    public bool IsEmpty => Steps == 0;

    internal void Count(SyncStep step)
    {
        switch (step.Action)
        {
            case SyncAction.Make:
                Made++;
                break;
            case SyncAction.Copy:
                Copied++;
                Bytes += step.Bytes;
                break;
            case SyncAction.Update:
                Updated++;
                Bytes += step.Bytes;
                break;
            case SyncAction.Touch:
                Touched++;
                break;
            case SyncAction.Delete or SyncAction.DeleteDirectory:
                Deleted++;
                break;
            case SyncAction.Conflict:
                Conflicts++;
                break;
            default:
                Unread++;
                break;
        }
    }
}

/// <summary>The first line of a written plan.</summary>
internal sealed record SyncHeader
{
    /// <summary>The version of what is written; another is refused.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("wharfPlan")]
    public int Version { get; init; }

    public SyncMode Mode { get; init; }

    [JsonConverter(typeof(SyncStep.PathText))]
    public string From { get; init; } = "";

    [JsonConverter(typeof(SyncStep.PathText))]
    public string To { get; init; } = "";

    public SyncOptions Options { get; init; } = SyncOptions.Default;
}

/// <summary>The last line of a written plan: without it, it is not whole.</summary>
internal sealed record SyncEnd
{
    [JsonRequired]
    public SyncCounts Counts { get; init; } = new();
}

/// <summary>What both sides had in common when they were last brought together.</summary>
internal sealed record SyncCommon
{
    [JsonConverter(typeof(SyncStep.PathText))]
    public string Path { get; init; } = "";

    public bool IsDirectory { get; init; }

    public long Bytes { get; init; }

    public DateTime From { get; init; }

    public DateTime To { get; init; }
}

/// <summary>The JSON of plans, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SyncStep))]
[JsonSerializable(typeof(SyncHeader))]
[JsonSerializable(typeof(SyncEnd))]
[JsonSerializable(typeof(SyncCommon))]
internal sealed partial class SyncJson : JsonSerializerContext;
