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
            var due = StepsOf(exchange, owed, rules).Where(s => s.At <= at).ToList();
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
        var steps = exchange.Owed.Where(o => o is { IsOpen: true, Due: not null }).SelectMany(o => StepsOf(exchange, o, rules)).Select(s => (DateTimeOffset?)s.At);
        if (exchange.Phase is Contracts.Phase.Answered)
            steps = steps.Append(ClosesAt(exchange, rules) ?? at + LookAgainAfter);
        return steps.Min();
    }

    // In order of time, those that were not told yet. What lay before the row opened is not recalled.
    static IEnumerable<Step> StepsOf(Exchange exchange, Owed owed, DeadlineRules rules)
    {
        var due = owed.Due!;
        var policy = rules.FollowUpOf(exchange.Receiver, WireTime.DayOf(owed.CountsFrom));
        var calendar = rules.CalendarOf(rules.Divisions.ProvinceOf(exchange.Receiver));
        var steps = policy.Reminders.Select(r => (r.InstantFor(due.On, calendar), What.Reminder))
            .Append((due.At + FollowUpPolicy.OverdueToldAfter, What.Overdue))
            .Append((policy.Escalation?.InstantFor(due.On, calendar), What.Escalation));
        return from step in steps
               where step.Item1 is { } instant && (step.Item2 switch
               {
                   What.Overdue => owed.OverdueToldAt is null,
                   What.Escalation => owed.EscalatedAt is null && instant > due.At,
                   _ => instant > owed.OpenedAt && (owed.ToldUntil is null || instant > owed.ToldUntil),
               })
               orderby step.Item1
               select new Step(step.Item1!.Value, step.Item2);
    }

    static DateTimeOffset? ClosesAt(Exchange exchange, DeadlineRules rules) =>
        exchange is { Phase: Contracts.Phase.Answered, RepliedAt: { } replied }
            ? rules.WorkingDaysFrom(exchange.Receiver, WireTime.DayOf(replied), rules.FollowUpOf(exchange.Receiver, WireTime.DayOf(replied)).CloseAfter)?.At
            : null;
}
