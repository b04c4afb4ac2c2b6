using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>What the hub tells of an open duty, and when: reminders, the overdue, the escalation; and when an answered exchange closes.</summary>
static class FollowUps
{
    /// <summary>Where the calendar does not reach the day, the exchange is looked at again after this time.</summary>
    static readonly TimeSpan LookAgainAfter = TimeSpan.FromDays(1);

    enum What { Reminder, Overdue, Escalation }

    sealed record Step(DateTimeOffset At, What What);

    /// <summary>The facts that are due at an instant. Of several reminders that piled up, while the hub was away, the last is told.</summary>
    public static IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules)
    {
        foreach (var owed in exchange.Owed.Where(o => o is { IsOpen: true, Due: not null }))
        {
            var due = Untold(owed, InstantsOf(exchange, owed, rules)).Where(s => s.At <= at).ToList();
            var reminder = due.FindLast(s => s.What == What.Reminder);
            foreach (var step in due)
                switch (step.What)
                {
                    case What.Overdue:
                        yield return new WentOverdue(at, owed.Duty, owed.Due!.At);
                        break;
                    case What.Escalation:
                        yield return new Escalated(at, owed.Duty, step.At, owed.Due!.At);
                        break;
                    default:
                        if (step == reminder)
                            yield return new Reminded(at, owed.Duty, step.At, owed.Due!.At);
                        break;
                }
        }
        if (ClosesAt(exchange, rules) is { } closes && closes <= at)
            yield return new ClosedByHub(at, Contracts.ClosureCauses.Automatic);
    }

    /// <summary>When the hub must look at an exchange next; <c>null</c>: never, as things stand.</summary>
    public static DateTimeOffset? NextLook(Exchange exchange, DateTimeOffset at, DeadlineRules rules)
    {
        var looks = new List<DateTimeOffset?>();
        foreach (var owed in exchange.Owed.Where(o => o is { IsOpen: true, Due: not null }))
        {
            var instants = InstantsOf(exchange, owed, rules).ToList();
            looks.AddRange(Untold(owed, instants).Select(s => (DateTimeOffset?)s.At));
            if (instants.Exists(i => i.At is null))
                looks.Add(at + LookAgainAfter);
        }
        if (exchange.Phase is Contracts.Phase.Answered)
            looks.Add(ClosesAt(exchange, rules) ?? at + LookAgainAfter);
        return looks.Min();
    }

    // In order of time, those that were not told yet. What lay before the row opened is not recalled.
    static IEnumerable<Step> Untold(Owed owed, IEnumerable<(DateTimeOffset? At, What What)> instants) =>
        from step in instants
        where step.At is { } instant && (step.What switch
        {
            What.Overdue => owed.OverdueToldAt is null,
            What.Escalation => owed.EscalatedAt is null && instant > owed.Due!.At,
            _ => instant > owed.OpenedAt && (owed.ToldUntil is null || instant > owed.ToldUntil),
        })
        orderby step.At
        select new Step(step.At!.Value, step.What);

    // All that policy says of a due date; an instant is null where the calendar does not reach it.
    static IEnumerable<(DateTimeOffset? At, What What)> InstantsOf(Exchange exchange, Owed owed, DeadlineRules rules)
    {
        var due = owed.Due!;
        var policy = rules.FollowUpOf(exchange.Receiver, WireTime.DayOf(owed.CountsFrom));
        var calendar = rules.CalendarOf(rules.Divisions.ProvinceOf(exchange.Receiver));
        foreach (var reminder in policy.Reminders)
            yield return (reminder.InstantFor(due, calendar), What.Reminder);
        yield return (due.At + FollowUpPolicy.OverdueToldAfter, What.Overdue);
        if (policy.Escalation is { } escalation)
            yield return (escalation.InstantFor(due, calendar), What.Escalation);
    }

    static DateTimeOffset? ClosesAt(Exchange exchange, DeadlineRules rules) =>
        exchange is { Phase: Contracts.Phase.Answered, RepliedAt: { } replied }
            ? rules.WorkingDaysFrom(exchange.Receiver, WireTime.DayOf(replied), rules.FollowUpOf(exchange.Receiver, WireTime.DayOf(replied)).CloseAfter)?.At
            : null;
}
