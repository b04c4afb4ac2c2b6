using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>What the hub does to an exchange by itself. Each gives facts only where something is to be done, so twice is once.</summary>
public abstract record HubCommand
{
    /// <summary>A delivery confirmed by the broker later than this after its stamp starts its deadlines anew.</summary>
    public static readonly TimeSpan DeliveredLateAfter = TimeSpan.FromMinutes(15);

    internal abstract IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules);

    /// <summary>Tell what the follow-up policy says is to be told now, and close what nobody confirmed.</summary>
    public sealed record FollowUp : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) => FollowUps.Facts(exchange, at, rules);
    }

    /// <summary>A newer notice takes the place of this exchange's: an open one closes.</summary>
    /// <param name="By">The newer notice's exchange.</param>
    public sealed record Supersede(Guid By) : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules)
        {
            if (exchange.SupersededBy is not null)
                yield break;
            yield return new Superseded(at, By);
            if (exchange.Phase is Phase.Open)
                yield return new ClosedByHub(at, ClosureCauses.Superseded);
        }
    }

    /// <summary>A reviewer of the province rules on a maintained reply, once for each dispute.</summary>
    /// <param name="Outcome">One of <see cref="RulingOutcomes"/>.</param>
    /// <param name="By">The reviewer's account.</param>
    public sealed record Rule(string Outcome, string By) : HubCommand
    {
        /// <summary>Whether there is something to rule on.</summary>
        public static bool IsOpen(Exchange exchange) => exchange.Phase is Phase.Answered && exchange.Disputes is [.., { Upheld: false, Ruling: null }];

        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            IsOpen(exchange) ? [new Ruled(at, Outcome, By)] : [];
    }

    /// <summary>Move the deadlines inside an outage to its end plus one hour: <c>dueAt</c> moves, <c>dueOn</c>, the cohort, does not.</summary>
    public sealed record MoveForOutage(Outage Outage) : HubCommand
    {
        // What was done late because of the outage moves, too: its lateness is not the county's.
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed.EndedAt is null && owed.Due is { } due && !(owed.FulfilledAt < due.At)
            let moved = owed.Due! with { At = Outage.Moved(exchange.Receiver, owed.Due.At) }
            where moved != owed.Due
            select new DueMoved(at, owed.Duty, owed.CountsFrom, owed.Due, moved, Outage.Unit is null ? DueChangeCauses.HubOutage : DueChangeCauses.CountyOutage);
    }

    /// <summary>The broker confirmed the opening's delivery late: what is not yet done counts anew from the confirm; <c>dueOn</c> moves, too,
    /// but never forward to less time than was given before, by an extension or a dispute; one that waits for an extension's calendar is left alone.
    /// Only the first confirm counts: the hub may publish, and the broker confirm, one delivery several times.</summary>
    /// <param name="ConfirmedAt">UTC.</param>
    public sealed record CountAnew(DateTimeOffset ConfirmedAt) : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed is { EndedAt: null, FulfilledAt: null } && ExtendedFrom(exchange, owed) is null && ConfirmedAt - exchange.OpenedAt > DeliveredLateAfter && !exchange.Owed.Exists(o => o.EndedWhy == Cause)
            select new DueMoved(at, owed.Duty, ConfirmedAt, owed.Due, Later(owed.Due, DueFor(exchange, owed.Duty, ConfirmedAt, rules)), Cause);

        const string Cause = DueChangeCauses.DeliveredLate;

        // A pending one is later than any that is known.
        static Due? Later(Due? one, Due? other) => one is null || other is null ? null : one.At > other.At ? one : other;
    }

    /// <summary>A calendar year came: set the dates that waited for it.</summary>
    public sealed record SetPendingDue : HubCommand
    {
        internal override IEnumerable<ExchangeEvent> Facts(Exchange exchange, DateTimeOffset at, DeadlineRules rules) =>
            from owed in exchange.Owed
            where owed is { EndedAt: null, Due: null }
            let due = Waiting(exchange, owed, rules)
            where due is not null
            select new DueMoved(at, owed.Duty, owed.CountsFrom, null, due, DueChangeCauses.CalendarCame);

        // The term's own date, or that of an extension that led into the missing year.
        static Due? Waiting(Exchange exchange, Owed owed, DeadlineRules rules) =>
            ExtendedFrom(exchange, owed) is { } known
                ? rules.WorkingDaysFrom(exchange.Receiver, known.LastDay, exchange.Extensions.FindLast(e => e.Granted is true)!.WorkingDays)
                : DueFor(exchange, owed.Duty, owed.CountsFrom, rules);
    }

    // The date that a granted extension counts from, where it led into a year without a calendar and waits for it.
    static Due? ExtendedFrom(Exchange exchange, Owed owed) => owed.Due is not null ? null
        : exchange.Owed.FindLast(o => o.Duty == owed.Duty && o.CountsFrom == owed.CountsFrom && o.Due is not null) is { EndedWhy: DueChangeCauses.Extended, Due: { } due } ? due
        : null;

    static Due? DueFor(Exchange exchange, string duty, DateTimeOffset from, DeadlineRules rules) =>
        rules.DueFor(exchange.Asker, exchange.Receiver, exchange.Kind, exchange.Scope, exchange.Urgent, duty, from);
}
