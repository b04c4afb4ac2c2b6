using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Web.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>The deadline of an obligation as it stood at an instant.</summary>
static class DutyDeadline
{
    /// <param name="unit">The county that owes: its calendar says which working day is the next.</param>
    public static Deadline Of(DeadlineRules rules, string unit, DateOnly? dueOn, DateTimeOffset? dueAt, DateTimeOffset? fulfilledAt, DateTimeOffset? withdrawnAt,
        DateTimeOffset asOf) => withdrawnAt is not null && fulfilledAt is null ? Deadline.Withdrawn
            : Deadline.Of(asOf, dueOn, dueAt, fulfilledAt, rules.WorkingDaysAfter(unit, WireTime.DayOf(asOf), 1) is [var next] ? next : null);
}
