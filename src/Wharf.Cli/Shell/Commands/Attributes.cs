using System.Globalization;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>chmod: the program's, and with -h of links themselves.</summary>
internal sealed class ChmodOfShell() : Verb("chmod", "sets permissions")
{
    private static readonly Flag NoFollow = new("--no-dereference", "Of links themselves, where the server can.") { Letters = "h" };
    private static readonly Flag Recursive = new("--recursive", "And of all that is in directories.") { Letters = "R" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("MODE", "Octal, such as 644, or letters, such as u+x.", Completion.Nothing), new("PATH", "Whose; may be a pattern.") { Most = int.MaxValue },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [NoFollow, Recursive];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("chmod 644 *.html", "for everybody to read")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string text = call.Words.Arguments[0];
        bool octal = text.Length is > 0 and <= 4 && text.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0;
        bool self = call.Words.Has(NoFollow);
        if (!self && (!octal || call.Words.Has(Recursive)))
        {
            return await CommandRunner.RunVerbAsync(
                "chmod", [.. call.Words.Has(Recursive) ? ["-R"] : (string[])[], "--", .. call.Words.Arguments], call, cancel);
        }

        if (!octal)
        {
            throw new UsageException($"You must supply a numeric argument to the chmod -h command, and '{FileNames.ForDisplay(text)}' is none.");
        }

        var change = new AttributeChange { Mode = Convert.ToInt32(text, 8) };
        await call.EachAsync(
            call.Words.Arguments.Skip(1),
            async place =>
            {
                await place.Source.ChangeAsync(place.Path, change, self ? LinkHandling.Self : LinkHandling.Follow, cancel);
                await call.DoneAsync(Name, place.Path, null, cancel);
            },
            cancel);
        return call.ExitCode;
    }
}

/// <summary>chown and chgrp: set the owner or group, by number.</summary>
internal sealed class Chown(bool group) : Verb(group ? "chgrp" : "chown", group ? "sets the group" : "sets the owner")
{
    private static readonly Flag NoFollow = new("--no-dereference", "Of links themselves, where the server can.") { Letters = "h" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new(group ? "GROUP" : "OWNER", group ? "A number." : "A number; OWNER:GROUP sets both.", Completion.Nothing),
        new("PATH", "Whose; may be a pattern.") { Most = int.MaxValue },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [NoFollow];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new(group ? "chgrp 100 *" : "chown 1000 notes.txt", "servers know numbers only")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string text = call.Words.Arguments[0];
        string[] parts = text.Split(':');
        if (parts.Length > (group ? 1 : 2))
        {
            throw NoNumber(text);
        }

        long? first = Number(parts[0], text), second = parts.Length > 1 ? Number(parts[1], text) : null;
        var links = call.Words.Has(NoFollow) ? LinkHandling.Self : LinkHandling.Follow;
        await call.EachAsync(
            call.Words.Arguments.Skip(1),
            async place =>
            {
                // SFTP 3 sets both or none.
                var entry = await place.Source.StatAsync(place.Path, links, cancel) ?? throw VerbCall.Missing(place);
                bool known = entry.Details.Known.HasFlag(EntryFacts.Owner);
                long? owner = group ? null : first, groupId = group ? first : second;
                var change = new AttributeChange
                {
                    Owner = owner ?? (known ? entry.Details.Owner : null),
                    Group = groupId ?? (known ? entry.Details.Group : null),
                };
                await place.Source.ChangeAsync(place.Path, change, links, cancel);
                await call.DoneAsync(Name, place.Path, null, cancel);
            },
            cancel);
        return call.ExitCode;
    }

    private long Number(string part, string text) =>
        uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : throw NoNumber(text);

    private UsageException NoNumber(string text) =>
        new($"You must supply a numeric argument to the {Name} command, and '{FileNames.ForDisplay(text)}' is none.");
}
