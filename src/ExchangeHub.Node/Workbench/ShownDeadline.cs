using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Worklist;
using ExchangeHub.Web.Components;

namespace ExchangeHub.Node.Workbench;

/// <summary>The deadline a row or an exchange shows: of the answer, or of a notice's acknowledgement, where one is owed; a word where there is none.</summary>
static class ShownDeadline
{
    public static Deadline Of(NodeExchange e, DateTimeOffset now, DateOnly? nextWorkingDay) =>
        Of(e.Phase, e.ListedDueOn, e.ListedDueAt, e.IsNotice ? e.AcknowledgedAt : e.RepliedAt, now, nextWorkingDay);

    public static Deadline Of(WorklistRow row, DateTimeOffset now, DateOnly? nextWorkingDay) =>
        Of(row.Phase, row.DueOn, row.DueAt, Contracts.Kinds.IsNotice(row.Kind) ? (row.Acknowledged ? row.EndedAt : null) : row.RepliedAt, now, nextWorkingDay);

    static Deadline Of(NodePhase phase, DateOnly? dueOn, DateTimeOffset? dueAt, DateTimeOffset? doneAt, DateTimeOffset now, DateOnly? nextWorkingDay) => phase switch
    {
        NodePhase.Returned => new(DeadlineState.Returned),
        NodePhase.Withdrawn => new(DeadlineState.Withdrawn),
        NodePhase.Sending => new(DeadlineState.Sending),
        NodePhase.Refused => new(DeadlineState.Refused),
        NodePhase.Closed when doneAt is null => new(DeadlineState.Closed),
        // Open again: the answer given before does not count for the fresh clock.
        NodePhase.Open or NodePhase.Disputed => Deadline.Of(now, dueOn, dueAt, null, nextWorkingDay),
        _ => Deadline.Of(now, dueOn, dueAt, doneAt, nextWorkingDay),
    };
}
