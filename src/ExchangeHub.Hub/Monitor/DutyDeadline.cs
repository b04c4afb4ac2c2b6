using ExchangeHub.Web.Components;

namespace ExchangeHub.Hub.Monitor;

/// <summary>The deadline of an obligation as it stood at an instant.</summary>
static class DutyDeadline
{
    public static Deadline Of(DateOnly? dueOn, DateTimeOffset? dueAt, DateTimeOffset? fulfilledAt, DateTimeOffset? withdrawnAt, DateTimeOffset asOf) =>
        withdrawnAt is not null && fulfilledAt is null ? Deadline.Withdrawn : Deadline.Of(asOf, dueOn, dueAt, fulfilledAt);
}
