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
            return refused.Count > 0 ? new Decision.Refused(refused) : Accept(null, acceptedAt, [Opening.Fact(message, acceptedAt, rules)]);
        }
        // A stranger learns nothing: not even that the exchange is there.
        if (state is null || !state.IsParty(message.From))
            return new Decision.Refused([new(RefusalCodes.ExchangeUnknown, "/header/exchangeId")]);

        var rule = Moves.ByKind[message.Kind];
        var found = Checks.Of(state, message, rule).Concat(rule.Check(state, message)).ToList();
        if (found.Count > 0)
            return new Decision.Refused(found);
        var at = NotBefore(state, acceptedAt);
        return Accept(state, at, [rule.Fact(state, message, at)]);
    }

    /// <summary>Decides a duty of the hub itself. Nothing to do is an acceptance without facts: a second time changes nothing.</summary>
    public static Decision.Accepted Decide(Exchange state, HubCommand command, DateTimeOffset now, DeadlineRules rules)
    {
        var at = NotBefore(state, now);
        return Accept(state, at, [.. command.Facts(state, at, rules)]);
    }

    static DateTimeOffset NotBefore(Exchange state, DateTimeOffset at) => at < state.LastAt ? state.LastAt : at;

    static Decision.Accepted Accept(Exchange? before, DateTimeOffset at, IReadOnlyList<ExchangeEvent> facts)
    {
        var state = before;
        var tellings = new List<Telling>();
        foreach (var fact in facts)
        {
            state = Exchange.Apply(state, fact);
            tellings.AddRange(Tell(state, fact));
        }
        return new Decision.Accepted(at, facts, state!, tellings);
    }

    static IEnumerable<Telling> Tell(Exchange after, ExchangeEvent fact)
    {
        switch (fact)
        {
            case Opened o:
                yield return new Telling.Message(after.Receiver, after.Facts, after.SeqToReceiver, o.AcknowledgementDue?.On, o.AcknowledgementDue?.At,
                    o.FeedbackDue?.On, o.FeedbackDue?.At, o.AcknowledgementDue is null || (o.OwesFeedback && o.FeedbackDue is null));
                break;
            case WithdrawnByAsker:
                yield return new Telling.Message(after.Receiver, after.Facts, after.SeqToReceiver, null, null, null, null, false);
                break;
            case MessageFact:
                yield return new Telling.Message(after.Asker, after.Facts, after.SeqToAsker, null, null, null, null, false);
                break;
            case WentOverdue w:
                yield return new Telling.Event(after.Asker, after.Facts, after.SeqToAsker, Kinds.Overdue, w.Duty, null, w.DueAt, null);
                yield return new Telling.Event(after.Receiver, after.Facts, after.SeqToReceiver, Kinds.Overdue, w.Duty, null, w.DueAt, null);
                break;
            case DueMoved m:
                yield return new Telling.Event(after.Asker, after.Facts, after.SeqToAsker, Kinds.DueChange, m.Duty, m.To?.On, m.To?.At, m.Cause);
                yield return new Telling.Event(after.Receiver, after.Facts, after.SeqToReceiver, Kinds.DueChange, m.Duty, m.To?.On, m.To?.At, m.Cause);
                break;
        }
    }
}
