using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>What the hub does to an exchange by itself. Each gives facts only where something is to be done, so twice is once.</summary>
public abstract record HubCommand
{
    /// <summary>An overdue is told this long after the due time: a reply accepted just before it may still be on its way through a batch.</summary>
    public static readonly TimeSpan OverdueToldAfter = TimeSpan.FromMinutes(2);
    /// <summary>A deadline inside an outage moves to this long after its end.</summary>
    public static readonly TimeSpan GraceAfterOutage = TimeSpan.FromHours(1);
    /// <summary>A delivery confirmed by the broker later than this after its stamp starts its deadlines anew.</summary>
    public static readonly TimeSpan DeliveredLateAfter = TimeSpan.FromMinutes(15);

    internal abstract IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules);

    /// <summary>Tell what is past its due time.</summary>
    public sealed record GoOverdue : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed is { IsOpen: true, OverdueToldAt: null } && owed.Due?.At + OverdueToldAfter <= at
            select new WentOverdue(at, owed.Duty, owed.Due!.At);
    }

    /// <summary>Move the deadlines inside an outage to its end plus one hour: <c>dueAt</c> moves, <c>dueOn</c>, the cohort, does not.</summary>
    /// <param name="From">Begin of the outage, UTC: a deadline at this very instant had its whole time.</param>
    /// <param name="To">Its end, UTC.</param>
    /// <param name="Cause"><c>HubOutage</c> or <c>CountyOutage</c>.</param>
    public sealed record MoveForOutage(DateTimeOffset From, DateTimeOffset To, string Cause = "HubOutage") : HubCommand
    {
        // What was done late because of the outage moves, too: its lateness is not the county's.
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed.EndedAt is null && owed.Due is { } due && due.At > From && due.At <= To && !(owed.FulfilledAt < due.At)
            select new DueMoved(at, owed.Duty, owed.CountsFrom, owed.Due, owed.Due! with { At = To + GraceAfterOutage }, Cause);
    }

    /// <summary>The broker confirmed the opening's delivery late: what is not yet done counts anew from the confirm; <c>dueOn</c> moves, too.
    /// Only the first confirm counts: the hub may publish, and the broker confirm, one delivery several times.</summary>
    /// <param name="ConfirmedAt">UTC.</param>
    public sealed record CountAnew(DateTimeOffset ConfirmedAt) : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed is { EndedAt: null, FulfilledAt: null } && ConfirmedAt - exchange.OpenedAt > DeliveredLateAfter && !exchange.Owed.Exists(o => o.EndedWhy == Cause)
            select new DueMoved(at, owed.Duty, ConfirmedAt, owed.Due, DueFor(exchange, owed.Duty, ConfirmedAt, rules), Cause);

        const string Cause = "DeliveredLate";
    }

    /// <summary>A calendar year came: set the dates that waited for it.</summary>
    public sealed record SetPendingDue : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed is { EndedAt: null, Due: null }
            let due = DueFor(exchange, owed.Duty, owed.CountsFrom, rules)
            where due is not null
            select new DueMoved(at, owed.Duty, owed.CountsFrom, null, due, "CalendarCame");
    }

    static Due? DueFor(Exchange exchange, string duty, DateTimeOffset from, DeadlineRules rules) =>
        rules.DueFor(exchange.Asker, exchange.Receiver, exchange.Kind, exchange.Scope, exchange.Urgent, duty, from);
}
