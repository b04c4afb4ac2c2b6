using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>The receiver asks for more time, before the due time and twice at most; the asker decides, before the due time, too.</summary>
static class Extend
{
    public static IEnumerable<Refusal> CheckRequest(Exchange on, Arrived message)
    {
        if (on.Extensions.Count >= Limits.ExtensionsMax)
            yield return new(RefusalCodes.LimitReached, "/header/kind");
        else if (on.Extensions is [.., { Granted: null }])
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/kind"); // one is not decided yet
        foreach (var refusal in InTime(on, message))
            yield return refusal;
    }

    public static IEnumerable<ExchangeEvent> Request(Exchange on, Arrived message)
    {
        var m = message.Message;
        return [new ExtensionRequested(message.At, m.MessageId, m.Automatic, m.WorkingDays!.Value, m.ReasonCode!)];
    }

    public static IEnumerable<Refusal> CheckDecision(Exchange on, Arrived message)
    {
        var request = on.Extensions.Find(e => e.RequestId == message.Message.InReplyTo);
        if (request is null)
            yield return new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo");
        else if (request.Granted is not null)
            yield return new(RefusalCodes.LimitReached, "/header/kind");
        foreach (var refusal in InTime(on, message))
            yield return refusal;
    }

    public static IEnumerable<ExchangeEvent> Decide(Exchange on, Arrived message)
    {
        var m = message.Message;
        var granted = m.Decision == Decisions.Granted;
        yield return new ExtensionDecided(message.At, m.MessageId, m.Automatic, m.InReplyTo!.Value, granted, m.ReasonCode);
        if (!granted)
            yield break;
        var owed = Feedback(on)!;
        var days = on.Extensions[^1].WorkingDays;
        yield return new DueMoved(message.At, Duties.Feedback, owed.CountsFrom, owed.Due, message.Rules.WorkingDaysFrom(on.Receiver, owed.Due!.LastDay, days), DueChangeCauses.Extended);
    }

    // A date that waits for its calendar cannot be moved by working days.
    static IEnumerable<Refusal> InTime(Exchange on, Arrived message)
    {
        if (Feedback(on) is not { Due: { } due })
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/kind");
        else if (message.At >= due.At)
            yield return new(RefusalCodes.WindowOver, "/header/kind");
    }

    static Owed? Feedback(Exchange on) => on.Owed.FindLast(o => o is { Duty: Duties.Feedback, EndedAt: null });
}
