using Wharf.Bench.Load;

namespace Wharf.Bench.Clients;

/// <summary>What is moved, and which way.</summary>
internal enum Way
{
    /// <summary>One file from the server.</summary>
    Get,

    /// <summary>One file to the server.</summary>
    Put,

    /// <summary>A folder of files from the server.</summary>
    GetMany,

    /// <summary>A folder of files to the server.</summary>
    PutMany,

    /// <summary>One file from the server, into a stream that drops its bytes; only ours can.</summary>
    Drop,
}

/// <summary>What one run of a client shall do.</summary>
/// <param name="Way">What is moved, and which way.</param>
/// <param name="Protocol">"ftp" or "sftp".</param>
/// <param name="Address">The server's.</param>
/// <param name="Port">The server's.</param>
/// <param name="Site">Who logs in by what.</param>
/// <param name="Local">The file or folder here: what is sent, or what shall be there afterwards.</param>
/// <param name="Remote">The name there, below the login directory.</param>
/// <param name="Count">How many files a folder has; they are named by <see cref="Site.SmallFileName"/>.</param>
/// <param name="Run">A folder for what the client writes beside.</param>
/// <param name="Far">Whether the server is behind a long link: clients are told what helps them there.</param>
internal sealed record Errand(
    Way Way, string Protocol, string Address, int Port, Site Site, string Local, string Remote, int Count, string Run, bool Far)
{
    public bool IsSftp => Protocol == "sftp";

    /// <summary>How OpenSSH's programs, and those that start its ssh, log in without asking and without anybody's files.</summary>
    public IReadOnlyList<string> SshOptions =>
    [
        "-F", "/dev/null", "-i", Site.Login.Key,
        "-o", "Ciphers=aes128-gcm@openssh.com", // the quicker one of its two
        "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
    ];
}
