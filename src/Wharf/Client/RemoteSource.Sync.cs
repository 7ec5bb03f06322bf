using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>Calls that bring a directory of this machine and one of the server together.</summary>
public sealed partial class RemoteSource
{
    /// <summary>Compares a directory of this machine with one of the server and says what would make the server's what this machine's is.</summary>
    /// <param name="localPath">On this machine.</param>
    /// <param name="path">On the server; it may be missing.</param>
    /// <param name="mode">What is made of the two.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A plan: look at it, save it, carry it out with <see cref="RunSyncAsync(SyncPlan, TransferOptions?, IProgress{TransferProgress}?, CancellationToken)"/>. Dispose it.</returns>
    public Task<SyncPlan> PlanSyncAsync(string localPath, string path, SyncMode mode, CancellationToken cancellationToken = default) =>
        PlanSyncAsync(localPath, path, mode, SyncOptions.Default, cancellationToken);

    /// <summary>Compares a directory of this machine with one of the server and says what would bring them together. Changes nothing.</summary>
    /// <param name="localPath">On this machine.</param>
    /// <param name="path">On the server.</param>
    /// <param name="mode">What is made of the two.</param>
    /// <param name="options">How they are compared; <see cref="SyncOptions.Direction"/> says which is the source.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A plan: look at it, save it, carry it out with <see cref="RunSyncAsync(SyncPlan, TransferOptions?, IProgress{TransferProgress}?, CancellationToken)"/>. Dispose it.</returns>
    public async Task<SyncPlan> PlanSyncAsync(
        string localPath, string path, SyncMode mode, SyncOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(localPath);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        return await _calls.RunAsync(
            "plan", path, Repeats.Never,
            async cancel =>
            {
                var at = LocalPlace.PathOf(localPath);
                using var disk = LocalPlace.OpenDisk(at);
                var local = new FilePlace(disk, at);
                var remote = new FilePlace(Files, await ResolveAsync(path, cancel).ConfigureAwait(false));
                return options.Direction == SyncDirection.Up
                    ? await _engine.PlanAsync(local, remote, mode, options, cancel).ConfigureAwait(false)
                    : await _engine.PlanAsync(remote, local, mode, options, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Carries out a plan of this source. What comes from the server cannot lead out of the local directory, whatever its names and the
    /// links among them are.
    /// </summary>
    /// <param name="plan">From <see cref="PlanSyncAsync(string, string, SyncMode, SyncOptions, CancellationToken)"/>, or loaded.</param>
    /// <param name="options">How each file is copied; times are always preserved.</param>
    /// <param name="progress">Told now and then, never backwards.</param>
    /// <param name="cancellationToken">Ends it; a plan with a journal goes on later.</param>
    /// <exception cref="RemoteException">Partial, where some steps failed and the others were done; conflicts that nobody decided are among them.</exception>
    public async Task<TransferResult> RunSyncAsync(
        SyncPlan plan, TransferOptions? options = null, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        bool isUp = plan.Options.Direction == SyncDirection.Up;
        var at = VirtualPath.Parse(isUp ? plan.From : plan.To);
        var remote = new FilePlace(Files, VirtualPath.Parse(isUp ? plan.To : plan.From));
        return await _calls.RunAsync(
            "sync", remote.Path.Value, Repeats.Never,
            async cancel =>
            {
                using var disk = LocalPlace.OpenDisk(at);
                if (isUp && plan.Mode != SyncMode.TwoWay)
                {
                    return await _engine.RunAsync(plan, new FilePlace(disk, at), remote, options ?? TransferOptions.Default, progress, cancel).ConfigureAwait(false);
                }

                using var confined = await ConfineAsync(disk, at, options, cancel).ConfigureAwait(false);
                var place = new FilePlace(confined, at);
                return isUp
                    ? await _engine.RunAsync(plan, place, remote, options ?? TransferOptions.Default, progress, cancel).ConfigureAwait(false)
                    : await _engine.RunAsync(plan, remote, place, options ?? TransferOptions.Default, progress, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Compares a directory with one of another source, or of this one, and says what would bring them together. Changes nothing.
    /// </summary>
    /// <param name="from">Here: the source.</param>
    /// <param name="target">Where the target is.</param>
    /// <param name="to">The target, a directory there; it may be missing.</param>
    /// <param name="mode">What is made of the two.</param>
    /// <param name="options">How they are compared; <see cref="SyncOptions.Direction"/> says nothing here.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A plan: look at it, save it, carry it out with <see cref="RunSyncAsync(SyncPlan, RemoteSource, TransferOptions?, IProgress{TransferProgress}?, CancellationToken)"/>. Dispose it.</returns>
    public async Task<SyncPlan> PlanSyncAsync(
        string from, RemoteSource target, string to, SyncMode mode, SyncOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(options);
        return await _calls.RunAsync(
            "plan", from, Repeats.Never,
            async cancel => await _engine.PlanAsync(
                new FilePlace(Files, await ResolveAsync(from, cancel).ConfigureAwait(false)),
                new FilePlace(target.Files, await target.ResolveAsync(to, cancel).ConfigureAwait(false)),
                mode, options, cancel).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a plan between this source and a target. What comes from a server cannot lead out of a directory of this machine.</summary>
    /// <param name="plan">From <see cref="PlanSyncAsync(string, RemoteSource, string, SyncMode, SyncOptions, CancellationToken)"/>, or loaded.</param>
    /// <param name="target">Where its target is.</param>
    /// <param name="options">How each file is copied; times are always preserved.</param>
    /// <param name="progress">Told now and then, never backwards.</param>
    /// <param name="cancellationToken">Ends it; a plan with a journal goes on later.</param>
    /// <exception cref="RemoteException">Partial, where some steps failed and the others were done; conflicts that nobody decided are among them.</exception>
    public async Task<TransferResult> RunSyncAsync(
        SyncPlan plan, RemoteSource target, TransferOptions? options = null, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(target);
        var from = new FilePlace(Files, VirtualPath.Parse(plan.From));
        var to = new FilePlace(target.Files, VirtualPath.Parse(plan.To));
        return await _calls.RunAsync(
            "sync", plan.From, Repeats.Never,
            async cancel =>
            {
                if (!IsConfinedAt(target))
                {
                    return await _engine.RunAsync(plan, from, to, options ?? TransferOptions.Default, progress, cancel).ConfigureAwait(false);
                }

                using var confined = await ConfineAsync(target.Files, to.Path, options, cancel).ConfigureAwait(false);
                return await _engine.RunAsync(plan, from, new FilePlace(confined, to.Path), options ?? TransferOptions.Default, progress, cancel)
                    .ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
