using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The pure core: state and command in, facts or refusals out. No clock, no I/O.</summary>
public static class ExchangeDecider
{
    /// <summary>Decides a county's message: the step "exchange" of a refusal, all that is found of it. The steps before are done.</summary>
    /// <param name="state">The exchange named by the header; <c>null</c> when there is none.</param>
    /// <param name="followed">The exchange named by <c>follows</c>; <c>null</c> when the header names none or there is none.</param>
    /// <param name="acceptedAt">The batch's reading of the hub's clock, UTC, microseconds.</param>
    public static Decision Decide(Exchange? state, Header message, Exchange? followed, DateTimeOffset acceptedAt, DeadlineRules rules)
    {
        if (Kinds.Submitted[message.Kind].Opens)
        {
            var refused = Opening.Check(state, message, followed, acceptedAt, rules).ToList();
            return refused.Count > 0 ? new Decision.Refused(refused)
                : Accept(null, acceptedAt, [Opening.Fact(message, acceptedAt, rules)], rules) with
                {
                    ForFollowed = message.Supersedes is null ? null : new HubCommand.Supersede(message.ExchangeId),
                };
        }
        // A stranger learns nothing: not even that the exchange is there.
        if (state is null || !state.IsParty(message.From))
            return new Decision.Refused([new(RefusalCodes.ExchangeUnknown, "/header/exchangeId")]);

        var move = Moves.ByKind[message.Kind];
        var arrived = new Arrived(message, NotBefore(state, acceptedAt), rules);
        var found = Checks.Of(state, message, move.Rule).Concat(move.Check(state, arrived)).Distinct().ToList();
        return found.Count > 0 ? new Decision.Refused(found) : Accept(state, arrived.At, [.. move.Facts(state, arrived)], rules);
    }

    /// <summary>Decides a duty of the hub itself. Nothing to do is an acceptance without facts: a second time changes nothing.</summary>
    public static Decision.Accepted Decide(Exchange state, HubCommand command, DateTimeOffset now, DeadlineRules rules)
    {
        var at = NotBefore(state, now);
        return Accept(state, at, [.. command.Facts(state, at, rules)], rules);
    }

    static DateTimeOffset NotBefore(Exchange state, DateTimeOffset at) => at < state.LastAt ? state.LastAt : at;

    static Decision.Accepted Accept(Exchange? before, DateTimeOffset at, IReadOnlyList<ExchangeEvent> facts, DeadlineRules rules)
    {
        var state = before;
        var tellings = new List<Telling>();
        foreach (var fact in facts)
        {
            state = Exchange.Apply(state, fact);
            tellings.AddRange(Tell(state, fact, facts));
        }
        var look = FollowUps.NextLook(state!, at, rules);
        return new Decision.Accepted(at, facts, look == state!.LookAt ? state : state with { LookAt = look }, tellings);
    }

    static IEnumerable<Telling> Tell(Exchange after, ExchangeEvent fact, IReadOnlyList<ExchangeEvent> facts)
    {
        return fact switch
        {
            MessageFact message => [MessageFacts.SideOf(message) is Side.Asker
                ? new Telling.Message(after.Receiver, after.Facts, after.SeqToReceiver, DatesSet.By(facts))
                : new Telling.Message(after.Asker, after.Facts, after.SeqToAsker, DatesSet.By(facts))],
            Reminded r => Both(Kinds.Reminder, e => e with { Duty = r.Duty, DueAt = r.DueAt }),
            WentOverdue w => Both(Kinds.Overdue, e => e with { Duty = w.Duty, DueAt = w.DueAt }),
            Escalated e => Both(Kinds.Escalation, t => t with { Duty = e.Duty, DueAt = e.DueAt }),
            DueMoved m => Both(Kinds.DueChange, e => e with { Duty = m.Duty, DueOn = m.To?.On, DueAt = m.To?.At, Cause = m.Cause }),
            ClosedByHub c => Both(Kinds.Closure, e => e with { Cause = c.Cause }),
            Ruled r => Both(Kinds.Ruling, e => e with { Outcome = r.Outcome }),
            _ => [],
        };

        IEnumerable<Telling> Both(string kind, Func<Telling.Event, Telling.Event> fill) =>
            [fill(new(after.Asker, after.Facts, after.SeqToAsker, kind)), fill(new(after.Receiver, after.Facts, after.SeqToReceiver, kind))];
    }
}
