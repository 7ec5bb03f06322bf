using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell.Commands;

/// <summary>
/// All commands of the shell, in the order in which help shows them, with the names that sftp, ftp and lftp have for them. What the program has as
/// a verb is that verb here.
/// </summary>
internal static class CommandTable
{
    private static readonly CommandRow[] All =
    [
        new(["cd", "chdir"], Topic.Directories, static _ => new Cd()),
        new(["cdup"], Topic.Directories, static _ => new Cd()) { Implied = [".."], Summary = "goes to the directory above" },
        new(["pwd"], Topic.Directories, static _ => new Pwd()),
        new(["ls", "nlist", "cls", "rels", "recls"], Topic.Directories, Of("ls")) { Verb = "ls" },
        new(["dir"], Topic.Directories, Of("ls")) { Verb = "ls", Implied = ["-l"], Summary = "lists files with all details" },
        new(["tree"], Topic.Directories, Of("tree")) { Verb = "tree" },
        new(["find"], Topic.Directories, Of("find")) { Verb = "find" },
        new(["du"], Topic.Directories, Of("du")) { Verb = "du" },
        new(["df"], Topic.Directories, Of("df")) { Verb = "df" },
        new(["lcd", "lchdir"], Topic.Directories, static shell => new Lcd(shell)),
        new(["lpwd"], Topic.Directories, static _ => new Lpwd()),
        new(["lls"], Topic.Directories, static shell => new Lls(shell)) { TakesAnything = true, Aborts = false },
        new(["lmkdir"], Topic.Directories, static _ => new Lmkdir()),

        new(["get", "recv"], Topic.Transfers, static shell => new Get(shell)),
        new(["mget"], Topic.Transfers, static shell => new Get(shell)) { Implied = ["-m"], Summary = "fetches several files" },
        new(["reget"], Topic.Transfers, static shell => new Get(shell)) { Implied = ["-a"], Summary = "goes on with files that were fetched in part" },
        new(["pget"], Topic.Transfers, static shell => new Get(shell, Get.PartsOfPget)) { Summary = "fetches a file in parts at once" },
        new(["put", "send"], Topic.Transfers, static shell => new Put(shell)),
        new(["mput"], Topic.Transfers, static shell => new Put(shell)) { Implied = ["-m"], Summary = "stores several files" },
        new(["reput"], Topic.Transfers, static shell => new Put(shell)) { Implied = ["-a"], Summary = "goes on with files that were stored in part" },
        new(["mirror"], Topic.Transfers, static _ => new Mirror("mirror")) { Verb = "sync" },
        new(["sync"], Topic.Transfers, static _ => new Mirror("sync")) { Verb = "sync" },

        new(["cat"], Topic.Files, Of("cat")) { Verb = "cat" },
        new(["more", "less", "page"], Topic.Files, static shell => new More(shell)) { Verb = "cat" },
        new(["edit"], Topic.Files, Of("edit")) { Verb = "edit" },
        new(["stat", "size", "modtime"], Topic.Files, Of("stat")) { Verb = "stat" },
        new(["hash", "checksum"], Topic.Files, Of("hash")) { Verb = "hash" },
        new(["diff"], Topic.Files, Of("diff")) { Verb = "diff" },
        new(["rm", "delete", "del"], Topic.Files, Of("rm")) { Verb = "rm" },
        new(["mrm", "mdelete"], Topic.Files, Of("rm")) { Verb = "rm", Summary = "removes several files" },
        new(["mkdir"], Topic.Files, Of("mkdir")) { Verb = "mkdir" },
        new(["rmdir"], Topic.Files, Of("rmdir")) { Verb = "rmdir" },
        new(["rename", "ren"], Topic.Files, static _ => new Rename()),
        new(["mv"], Topic.Files, Of("mv")) { Verb = "mv" },
        new(["cp", "copy"], Topic.Files, static _ => new CopyThere()),
        new(["ln"], Topic.Files, static _ => new Link(symbolic: false)),
        new(["symlink"], Topic.Files, static _ => new Link(symbolic: true)) { Summary = "makes a symbolic link" },
        new(["touch"], Topic.Files, Of("touch")) { Verb = "touch" },
        new(["chmod"], Topic.Files, static _ => new ChmodOfShell()),
        new(["chown"], Topic.Files, static _ => new Chown(group: false)),
        new(["chgrp"], Topic.Files, static _ => new Chown(group: true)),

        new(["jobs"], Topic.Jobs, static shell => new JobsOfShell(shell)),
        new(["fg"], Topic.Jobs, static shell => new Fg(shell)),
        new(["bg"], Topic.Jobs, static shell => new Bg(shell)),
        new(["wait"], Topic.Jobs, static shell => new WaitForJobs(shell)),
        new(["kill"], Topic.Jobs, static shell => new Kill(shell)),
        new(["queue"], Topic.Jobs, static shell => new QueueOfShell(shell)) { TakesAnything = true },

        new(["open", "connect"], Topic.Connection, static shell => new Open(shell)),
        new(["close", "disconnect"], Topic.Connection, static shell => new Close(shell)),
        new(["user", "login"], Topic.Connection, static shell => new User(shell)) { TakesAnything = true },
        new(["bookmark"], Topic.Connection, static shell => new BookmarkCommand(shell)),
        new(["quote", "literal"], Topic.Connection, static _ => new Raw("quote", "")) { TakesAnything = true },
        new(["site"], Topic.Connection, static _ => new Raw("site", "SITE ")) { TakesAnything = true },
        new(["system", "syst"], Topic.Connection, static _ => new Raw("quote", "")) { TakesAnything = true, Implied = ["SYST"], Summary = "asks an FTP server for its system" },
        new(["features", "feat"], Topic.Connection, static _ => new Raw("quote", "")) { TakesAnything = true, Implied = ["FEAT"], Summary = "asks an FTP server what it can do" },
        new(["remotehelp", "rhelp"], Topic.Connection, static _ => new Raw("quote", "")) { TakesAnything = true, Implied = ["HELP"], Summary = "asks an FTP server for its help" },
        new(["rstatus"], Topic.Connection, static _ => new Raw("quote", "")) { TakesAnything = true, Implied = ["STAT"], Summary = "asks an FTP server for its state" },
        new(["ascii"], Topic.Connection, static shell => new TypeCommand(shell, "ascii")),
        new(["binary", "image"], Topic.Connection, static shell => new TypeCommand(shell, "binary")),
        new(["type"], Topic.Connection, static shell => new TypeCommand(shell, "type")),
        new(["mode"], Topic.Connection, static shell => new ModeCommand(shell)),
        new(["passive"], Topic.Connection, static shell => new PassiveCommand(shell, active: false)),
        new(["active", "sendport"], Topic.Connection, static shell => new PassiveCommand(shell, active: true)),

        new(["version"], Topic.Shell, static _ => new VersionCommand()),
        new(["progress"], Topic.Shell, static shell => new ProgressSwitch(shell)),
        new(["lumask"], Topic.Shell, static _ => new Lumask()),
        new(["echo"], Topic.Shell, static _ => new Echo()) { TakesAnything = true },
        new(["help", "?"], Topic.Shell, static shell => new HelpCommand(shell)),
        new(["bye", "exit", "quit"], Topic.Shell, static shell => new Bye(shell)),
    ];

    /// <summary>Those that there are.</summary>
    public static IReadOnlyList<CommandRow> Rows { get; } = [.. All.Where(static row => row.Verb is null || VerbTable.Rows.Any(verb => verb.Name == row.Verb))];

    /// <summary>The command of that name, in any case; null for none.</summary>
    public static CommandRow? Find(string name) =>
        Rows.FirstOrDefault(row => row.Names.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static Func<Shell, Verb> Of(string verb) => _ => VerbTable.Find(verb)!;
}
