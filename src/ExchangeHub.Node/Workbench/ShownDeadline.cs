using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Components;

namespace ExchangeHub.Node.Workbench;

/// <summary>The deadline a row or an exchange shows: of the answer where one is owed, a word where it ended without one.</summary>
static class ShownDeadline
{
    public static Deadline Of(NodePhase phase, DateOnly? dueOn, DateTimeOffset? dueAt, DateTimeOffset? answeredAt, DateTimeOffset now, DateOnly? nextWorkingDay) => phase switch
    {
        NodePhase.Returned => Deadline.Returned,
        NodePhase.Withdrawn => Deadline.Withdrawn,
        _ => Deadline.Of(now, dueOn, dueAt, answeredAt, nextWorkingDay),
    };
}
