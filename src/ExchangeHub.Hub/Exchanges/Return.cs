using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver sends it back, before any reply; the asker may contest that.</summary>
static class Return
{
    public static IEnumerable<ExchangeEvent> Facts(Exchange on, Arrived message)
    {
        var m = message.Message;
        return [new ReturnedByReceiver(message.At, m.MessageId, m.Automatic, m.ReasonCode!, m.SuggestedTo)];
    }

    public static IEnumerable<Refusal> CheckContest(Exchange on, Arrived message)
    {
        if (message.Message.InReplyTo != on.LastOf(Kinds.Return))
            yield return new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo");
        if (on.SupersededBy is not null)
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/exchangeId"); // the newer notice is the one to speak of
        if (on.ReturnedAt is { } returned && message.Rules.WorkingDaysFrom(on.Receiver, WireTime.DayOf(returned), FollowUpPolicy.ContestWithin) is { } window
            && message.At >= window.At)
            yield return new(RefusalCodes.WindowOver, "/header/kind");
    }

    // What the return ended or fulfilled is owed again, by its old date; what lay in an outage while it was returned moves with the rest.
    public static IEnumerable<ExchangeEvent> Contest(Exchange on, Arrived message)
    {
        var m = message.Message;
        yield return new ReturnContested(message.At, m.MessageId, m.Automatic, m.ReasonCode!);
        foreach (var last in on.Owed.GroupBy(o => o.Duty).Select(duty => duty.Last()).Where(o => o.EndedAt is not null || o.ByReturn))
            yield return new DueMoved(message.At, last.Duty, last.CountsFrom, last.Due,
                last.Due is { } due ? message.Rules.AfterOutages(on.Receiver, due) : null, DueChangeCauses.Reopened);
    }
}
