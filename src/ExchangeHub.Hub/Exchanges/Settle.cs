using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The asker takes the answer, or disputes it. Either speaks of the latest reply: one that crosses a correction on its way is refused.</summary>
static class Settle
{
    public static IEnumerable<Refusal> Check(Exchange on, Arrived message)
    {
        if (message.Message.InReplyTo != on.LastOf(Kinds.FeedbackReply))
            yield return new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo");
    }

    public static IEnumerable<ExchangeEvent> Confirm(Exchange on, Arrived message)
    {
        var m = message.Message;
        return [new Confirmed(message.At, m.MessageId, m.Automatic, m.Mark)];
    }

    public static IEnumerable<Refusal> CheckDispute(Exchange on, Arrived message)
    {
        foreach (var refusal in Check(on, message))
            yield return refusal;
        if (on.Disputes.Count >= Limits.DisputesMax)
            yield return new(RefusalCodes.LimitReached, "/header/kind");
        if (on.RepliedAt is not { } at)
            yield break;
        var replied = WireTime.DayOf(at);
        var within = message.Rules.FollowUpOf(on.Receiver, replied).DisputeWithin;
        if (message.Rules.WorkingDaysFrom(on.Receiver, replied, within) is { } window && message.At >= window.At)
            yield return new(RefusalCodes.WindowOver, "/header/kind");
    }

    // A fresh clock: the duty is counted once, by its latest due date.
    public static IEnumerable<ExchangeEvent> Dispute(Exchange on, Arrived message)
    {
        var m = message.Message;
        yield return new DisputeRaised(message.At, m.MessageId, m.Automatic, m.ReasonCode!);
        yield return new DueMoved(message.At, Duties.Feedback, message.At, on.Owed.FindLast(o => o.Duty == Duties.Feedback)?.Due,
            message.Rules.DueFor(on.Asker, on.Receiver, on.Kind, on.Scope, on.Urgent, Duties.Feedback, message.At), DueChangeCauses.Reopened);
    }
}
