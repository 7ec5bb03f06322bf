using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Client.Transfers;

namespace Wharf.Cli.Moves;

/// <summary>A plan on standard output: a line for each step.</summary>
internal static class PlanLines
{
    public static async Task WriteAsync(VerbCall call, SyncPlan plan, CancellationToken cancel)
    {
        await foreach (var step in plan.StepsAsync(cancel))
        {
            string action = NameOf(step.Action);
            if (call.IsJson)
            {
                bool copies = step.Action is SyncAction.Copy or SyncAction.Update;
                await call.Output.JsonAsync(StepLine.Of(action, step.Path, null, copies ? step.Bytes : null, step.Reason), JsonLines.Default.StepLine, cancel);
            }
            else
            {
                string reason = step.Reason is { } why ? $"  ({why})" : "";
                await call.Output.LineAsync($"{action,-6} {(step.Path.Length == 0 ? "." : call.Output.Name(step.Path))}{reason}", cancel);
            }

            call.Done();
        }

        var counts = plan.Counts;
        call.Notices.Say(FormattableString.Invariant(
            $"{counts.Copied} to copy, {counts.Updated} to replace, {counts.Deleted} to remove, {Listing.Sizes.Human(counts.Bytes)}; {counts.Kept} stay as they are"));
    }

    private static string NameOf(SyncAction action) => action switch
    {
        SyncAction.Make => "make",
        SyncAction.Copy => "copy",
        SyncAction.Update => "update",
        SyncAction.Touch => "touch",
        SyncAction.Delete => "delete",
        SyncAction.DeleteDirectory => "delete-directory",
        SyncAction.Conflict => "conflict",
        _ => "unread",
    };
}
