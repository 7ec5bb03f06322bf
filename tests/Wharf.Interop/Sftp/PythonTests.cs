using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>A library of Python's, through a script beside this file.</summary>
public abstract class PythonTests(SharedSftp shared, string module, string package) : SftpClientTests(shared)
{
    private readonly string _python = Require.Python(module, package);

    private protected override async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Sftp", module + "_session.py");
        string proof = login.Proof.IsKey() ? login.KeyFile : WharfdProcess.Password;
        return (await Tool.RunAsync(
            _python, ["-W", "ignore", script, $"{login.Port}", login.User, login.KnownHosts, $"{login.Proof}", login.Proof.Signature() ?? "", proof],
            desk.Local, string.Join('\n', steps.Select(step => step.Line)))).Succeeded().Text;
    }
}

/// <summary>paramiko, on which Ansible and many scripts run.</summary>
public sealed class ParamikoTests(SharedSftp shared) : PythonTests(shared, "paramiko", "python3-paramiko")
{
    private protected override bool ListsBytes => false;
}

/// <summary>asyncssh.</summary>
public sealed class AsyncsshTests(SharedSftp shared) : PythonTests(shared, "asyncssh", "python3-asyncssh");
