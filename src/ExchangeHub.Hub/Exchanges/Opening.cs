using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>A county opens an exchange by a request or a notice.</summary>
static class Opening
{
    public static IEnumerable<Refusal> Check(Exchange? existing, Header message, Exchange? followed, DateTimeOffset at, DeadlineRules rules)
    {
        // Of a stranger's exchange the answer is that of an unknown one.
        if (existing is not null)
            yield return new(existing.IsParty(message.From) ? RefusalCodes.ExchangeExists : RefusalCodes.ExchangeUnknown, "/header/exchangeId");
        if (message.Follows == message.ExchangeId)
            yield return new(RefusalCodes.MemberInvalid, "/header/follows"); // an earlier one: none follows itself
        else if (message.Follows is not null && (followed is null || !followed.IsParty(message.From)))
            yield return new(RefusalCodes.ExchangeUnknown, "/header/follows");
        else if (message.Supersedes is { } superseded)
        {
            if (!followed!.Messages.Exists(m => m.Id == superseded && m.From == message.From && m.Kind == message.Kind))
                yield return new(RefusalCodes.ReferenceUnknown, "/header/supersedes");
            else if (followed.SupersededBy is not null)
                yield return new(RefusalCodes.LimitReached, "/header/supersedes"); // the newest version is the one to follow
            if (followed.Test != message.Test)
                yield return new(RefusalCodes.TestMarkDiffers, "/header/test"); // a trial moves no figure
        }
        var today = WireTime.DayOf(at);
        if (!rules.Divisions.IsActive(message.From, today))
            yield return new(RefusalCodes.SenderNotActive, "/header/from");
        if (!rules.Divisions.Knows(message.To))
            yield return new(RefusalCodes.ReceiverUnknown, "/header/to");
        else if (!rules.Divisions.IsActive(message.To, today))
            yield return new(RefusalCodes.ReceiverNotActive, "/header/to");
        else if (!rules.MayAsk(message.From, message.To, message.Kind, today))
            yield return new(RefusalCodes.OutsideAgreement, "/header/to");
    }

    public static Opened Fact(Header message, DateTimeOffset at, DeadlineRules rules)
    {
        var scope = rules.Divisions.ScopeOf(message.From, message.To);
        var urgent = message.Urgency is not null;
        var owesFeedback = Kinds.Submitted[message.Kind].OwesFeedback;
        return new Opened(at, message.MessageId, message.Automatic, message.ExchangeId, message.From, message.To, message.Kind, message.Version,
            scope, message.Test, urgent, message.ReasonCode, message.CaseNumber, message.Follows,
            rules.DueFor(message.From, message.To, message.Kind, scope, urgent, Duties.Acknowledgement, at),
            owesFeedback,
            owesFeedback ? rules.DueFor(message.From, message.To, message.Kind, scope, urgent, Duties.Feedback, at) : null)
        {
            Supersedes = message.Supersedes,
        };
    }
}
