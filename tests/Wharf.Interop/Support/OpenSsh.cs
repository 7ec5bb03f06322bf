namespace Wharf.Interop.Support;

/// <summary>How OpenSSH's programs, and those that start its ssh, are told a login without a terminal and without anybody's files.</summary>
internal static class OpenSsh
{
    /// <summary>Options of ssh, sftp and scp alike.</summary>
    public static string[] Options(SshLogin login) =>
    [
        "-F", "none",
        $"-oPort={login.Port}",
        $"-oUser={login.User}",
        $"-oUserKnownHostsFile={login.KnownHosts}",
        "-oGlobalKnownHostsFile=/dev/null",
        "-oStrictHostKeyChecking=yes",
        "-oUpdateHostKeys=no",
        "-oIdentityAgent=none",
        "-oIdentitiesOnly=yes",
        "-oBatchMode=no",
        "-oNumberOfPasswordPrompts=1",
        .. login.Proof switch
        {
            Proof.Password => (string[])["-oPreferredAuthentications=password", "-oIdentityFile=none"],
            Proof.KeyboardInteractive => ["-oPreferredAuthentications=keyboard-interactive", "-oIdentityFile=none"],
            _ =>
            [
                "-oPreferredAuthentications=publickey", $"-oIdentityFile={login.KeyFile}",
                $"-oPubkeyAcceptedAlgorithms={login.Proof.Signature()}",
            ],
        },
    ];

    /// <summary>Variables by which they ask for the password.</summary>
    public static IReadOnlyDictionary<string, string> Environment(SshLogin login) => new Dictionary<string, string>
    {
        ["SSH_ASKPASS"] = login.Keys.AskPass,
        ["SSH_ASKPASS_REQUIRE"] = "force",
    };
}
