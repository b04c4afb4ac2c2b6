using System.Collections.Frozen;
using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>Who may send a kind in which phase, and what it makes: one row of the table.</summary>
/// <param name="Check">What the kind demands beyond side, phase and references.</param>
/// <param name="Fact">The fact of a message that passed every check.</param>
sealed record Move(string Kind, Side Side, IReadOnlyList<Phase> Phases,
    Func<Exchange, Header, IEnumerable<Refusal>> Check, Func<Exchange, Header, DateTimeOffset, ExchangeEvent> Fact);

/// <summary>The table of (phase, kind, party) for messages within an exchange. A new kind is one row and one file.</summary>
static class Moves
{
    public static FrozenDictionary<string, Move> ByKind { get; } = new[]
    {
        new Move(Kinds.Acknowledgement, Side.Receiver, [Phase.Open], Acknowledge.Check, Acknowledge.Fact),
        new Move(Kinds.FeedbackReply, Side.Receiver, [Phase.Open, Phase.Disputed, Phase.Answered], Reply.Check, Reply.Fact),
        new Move(Kinds.Return, Side.Receiver, [Phase.Open], Return.Check, Return.Fact),
        new Move(Kinds.Withdrawal, Side.Asker, [Phase.Open], Withdraw.Check, Withdraw.Fact),
    }.ToFrozenDictionary(m => m.Kind);
}

/// <summary>What holds for every message within an exchange.</summary>
static class Checks
{
    public static IEnumerable<Refusal> Of(Exchange on, Header message, Move move)
    {
        if (message.InReplyTo is { } replied && !on.Messages.Exists(m => m.Id == replied && m.From != message.From))
            yield return new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo");
        if (message.Supersedes is { } superseded && !on.Messages.Exists(m => m.Id == superseded && m.From == message.From && m.Kind == message.Kind))
            yield return new(RefusalCodes.ReferenceUnknown, "/header/supersedes");
        if (message.From != (move.Side is Side.Asker ? on.Asker : on.Receiver))
            yield return new(RefusalCodes.PartyNotAllowed, "/header/from");
        if (message.To != on.OtherThan(message.From))
            yield return new(RefusalCodes.PartyNotAllowed, "/header/to");
        if (!move.Phases.Contains(on.Phase))
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/exchangeId");
        if (message.Test != on.Test)
            yield return new(RefusalCodes.TestMarkDiffers, "/header/test");
    }
}
