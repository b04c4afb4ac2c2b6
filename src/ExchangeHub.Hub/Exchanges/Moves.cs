using System.Collections.Frozen;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>A message within an exchange, and what it is judged by.</summary>
/// <param name="At">The facts' time: the batch's reading, or the exchange's last time where that is later. UTC.</param>
sealed record Arrived(Header Message, DateTimeOffset At, DeadlineRules Rules);

/// <summary>What a kind makes at the hub; who may send it in which phase says the contracts' <see cref="KindMove"/>.</summary>
/// <param name="Check">What the kind demands beyond side, phase and references.</param>
/// <param name="Facts">The facts of a message that passed every check; the first is the message's own.</param>
sealed record Move(string Kind, Func<Exchange, Arrived, IEnumerable<Refusal>> Check, Func<Exchange, Arrived, IEnumerable<ExchangeEvent>> Facts)
{
    public KindMove Rule { get; } = Kinds.Submitted[Kind].Within ?? throw new ArgumentException("It moves nothing: it opens an exchange.", nameof(Kind));
}

/// <summary>The kinds that move an exchange. A new one is one row and one file.</summary>
static class Moves
{
    public static FrozenDictionary<string, Move> ByKind { get; } = new[]
    {
        new Move(Kinds.Acknowledgement, Acknowledge.Check, Acknowledge.Facts),
        new Move(Kinds.InterimReply, Nothing, (_, m) => [new InterimReplied(m.At, m.Message.MessageId, m.Message.Automatic)]),
        new Move(Kinds.FeedbackReply, Reply.Check, Reply.Facts),
        new Move(Kinds.ExtensionRequest, Extend.CheckRequest, Extend.Request),
        new Move(Kinds.ExtensionDecision, Extend.CheckDecision, Extend.Decide),
        new Move(Kinds.Return, Nothing, Return.Facts),
        new Move(Kinds.ReturnContest, Return.CheckContest, Return.Contest),
        new Move(Kinds.Withdrawal, Nothing, (_, m) => [new WithdrawnByAsker(m.At, m.Message.MessageId, m.Message.Automatic, m.Message.ReasonCode)]),
        new Move(Kinds.Confirmation, Settle.Check, Settle.Confirm),
        new Move(Kinds.Dispute, Settle.CheckDispute, Settle.Dispute),
        new Move(Kinds.Clarification, Nothing, (on, m) => [new Clarified(m.At, m.Message.MessageId, m.Message.Automatic, on.SideOf(m.Message.From))]),
    }.ToFrozenDictionary(m => m.Kind);

    static IEnumerable<Refusal> Nothing(Exchange on, Arrived message) => [];
}

/// <summary>What holds for every message within an exchange.</summary>
static class Checks
{
    public static IEnumerable<Refusal> Of(Exchange on, Header message, KindMove rule)
    {
        if (message.InReplyTo is { } replied && !on.Messages.Exists(m => m.Id == replied && m.From != message.From))
            yield return new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo");
        if (message.Supersedes is { } superseded && !on.Messages.Exists(m => m.Id == superseded && m.From == message.From && m.Kind == message.Kind))
            yield return new(RefusalCodes.ReferenceUnknown, "/header/supersedes");
        if (rule.By is { } by && on.SideOf(message.From) != by)
            yield return new(RefusalCodes.PartyNotAllowed, "/header/from");
        if (message.To != on.OtherThan(message.From))
            yield return new(RefusalCodes.PartyNotAllowed, "/header/to");
        if (!rule.InNotices && Kinds.IsNotice(on.Kind))
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/kind");
        else if (!rule.In.Contains(on.Phase))
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/exchangeId");
        if (message.Test != on.Test)
            yield return new(RefusalCodes.TestMarkDiffers, "/header/test");
    }
}
