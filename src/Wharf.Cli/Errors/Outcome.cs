using Wharf.Client;

namespace Wharf.Cli.Errors;

/// <summary>
/// The exit code of several items: what is wrong with all of them is the program's code, and where some were done or they failed for
/// different reasons it is <see cref="ExitCode.SomeFailed"/>.
/// </summary>
internal sealed class Outcome
{
    private readonly Lock _gate = new();
    private bool _anyDone;
    private ExitCode? _failure;

    /// <summary>The code so far.</summary>
    public ExitCode ExitCode
    {
        get
        {
            lock (_gate)
            {
                return _failure is not { } code ? ExitCode.Done : _anyDone ? ExitCode.SomeFailed : code;
            }
        }
    }

    /// <summary>One is done.</summary>
    public void Done()
    {
        lock (_gate)
        {
            _anyDone = true;
        }
    }

    /// <summary>One failed.</summary>
    public void Failed(RemoteException failure) => Failed(Faults.CodeOf(failure));

    /// <summary>One failed.</summary>
    public void Failed(ExitCode code)
    {
        lock (_gate)
        {
            _failure = _failure is null || _failure == code ? code : ExitCode.SomeFailed;
        }
    }
}
