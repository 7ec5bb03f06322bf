using System.Buffers;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ftp.Languages;

namespace Wharf.Ftp.Commands;

/// <summary>CLNT: the client says what it is; only the log hears it.</summary>
internal sealed partial class Clnt() : FtpCommand("CLNT", Argument.Required, Needs.Nothing)
{
    public override string Form => "<sp> name";

    public override IEnumerable<string> Features(FtpServerSession session) => ["CLNT"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        Note(session, argument);
        return new(Reply.Okay($"Noted."));
    }

    /// <summary>Keeps what a client says of itself.</summary>
    public static void Note(FtpServerSession session, string client)
    {
        session.State.Client = client;
        Log.Client(session.Logger, session.Id, FileNames.ForDisplay(client));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} is {Client}")]
        public static partial void Client(ILogger logger, string session, string client);
    }
}

/// <summary>
/// CSID, draft-peterson-streamlined-ftp-command-extensions section 3: client and server say what they are. Of us no version and no system: nobody needs
/// them before the login, and a scanner would like them.
/// </summary>
internal sealed class Csid() : FtpCommand("CSID", Argument.Required, Needs.Nothing)
{
    public override string Form => "<sp> Name=...;Version=...;";

    public override IEnumerable<string> Features(FtpServerSession session) => ["CSID"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (!argument.Contains('=', StringComparison.Ordinal))
        {
            return new(Reply.BadArgument($"Facts are name=value; and so on."));
        }

        Clnt.Note(session, argument);
        return new(new Reply(200, $"{"Name=Wharf; CaseSensitive=1; DirSep=/;"}"));
    }
}

/// <summary>LANG, RFC 2640 section 4.1: the language of replies, the nearest we have; without an argument English again.</summary>
internal sealed class Lang() : FtpCommand("LANG", Argument.Optional, Needs.Nothing)
{
    private static readonly SearchValues<char> OfTags = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    public override string Form => "[<sp> language-tag]";

    public override IEnumerable<string> Features(FtpServerSession session) =>
        ["LANG " + string.Join(';', Language.All.Select(language => language == session.State.Language ? language.Tag + "*" : language.Tag))];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        string tag = argument.Trim(' ').ToUpperInvariant();
        if (tag.AsSpan().ContainsAnyExcept(OfTags))
        {
            return new(Reply.BadArgument($"That is no language tag."));
        }

        // RFC 2640 section 4.2: "de-AT" is served by "de".
        var language = tag.Length == 0
            ? Language.All[0]
            : Language.All.FirstOrDefault(known => tag == known.Tag || tag.StartsWith(known.Tag + "-", StringComparison.Ordinal));
        if (language is null)
        {
            return new(Reply.NotForThat($"Not that language."));
        }

        session.State.Language = language;
        session.Speak(language);
        return new(Reply.Okay($"Replies are in English now."));
    }
}

/// <summary>
/// HOST, RFC 7151 section 3: which of the server's names the client wants, before USER. Every name is served alike here; accounts
/// hear it (<see cref="Accounts.Peer"/>).
/// </summary>
internal sealed class Host() : FtpCommand("HOST", Argument.Required, Needs.Nothing)
{
    /// <summary>Longest DNS name, RFC 1035 section 2.3.4.</summary>
    private const int MaxLength = 253;

    private static readonly SearchValues<char> OfNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    public override string Form => "<sp> name";

    public override IEnumerable<string> Features(FtpServerSession session) => ["HOST"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (session.IsLoggedIn || session.State.User is not null)
        {
            return new(Reply.BadSequence($"HOST comes before USER."));
        }

        if (Parse(argument) is not { } name)
        {
            return new(Reply.BadArgument($"That is no host name."));
        }

        if (session.Protection.IsForAnotherHost(name))
        {
            return new(Reply.NotForThat($"TLS was begun for another host."));
        }

        session.State.Host = name;
        return new(new Reply(220, $"Host accepted."));
    }

    /// <summary>A name of letters, digits, '-' and dots, or an address, IPv6 in brackets; lower case. Null for anything else.</summary>
    internal static string? Parse(string text)
    {
        if (text is ['[', .. var inner, ']'])
        {
            return !inner.Contains('%', StringComparison.Ordinal) && inner.Contains(':', StringComparison.Ordinal)
                && System.Net.IPAddress.TryParse(inner, out var address) ? $"[{address}]" : null;
        }

        string name = text.EndsWith('.') ? text[..^1] : text;
        bool formed = name.Length is > 0 and <= MaxLength
            && name.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-')
            && !name.AsSpan().ContainsAnyExcept(OfNames);
        return formed ? name.ToLowerInvariant() : null;
    }
}
