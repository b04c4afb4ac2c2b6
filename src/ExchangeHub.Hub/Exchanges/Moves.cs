using System.Collections.Frozen;
using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>What a kind makes at the hub; who may send it in which phase says the contracts' <see cref="KindMove"/>.</summary>
/// <param name="Check">What the kind demands beyond side, phase and references.</param>
/// <param name="Fact">The fact of a message that passed every check.</param>
sealed record Move(string Kind,
    Func<Exchange, Header, IEnumerable<Refusal>> Check, Func<Exchange, Header, DateTimeOffset, ExchangeEvent> Fact)
{
    public KindMove Rule { get; } = Kinds.Submitted[Kind].Within ?? throw new ArgumentException("It moves nothing: it opens an exchange.", nameof(Kind));
}

/// <summary>The kinds that move an exchange. A new one is one row and one file.</summary>
static class Moves
{
    public static FrozenDictionary<string, Move> ByKind { get; } = new[]
    {
        new Move(Kinds.Acknowledgement, Acknowledge.Check, Acknowledge.Fact),
        new Move(Kinds.FeedbackReply, Reply.Check, Reply.Fact),
        new Move(Kinds.Return, Return.Check, Return.Fact),
        new Move(Kinds.Withdrawal, Withdraw.Check, Withdraw.Fact),
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
        if (message.From != (move.Rule.By is Side.Asker ? on.Asker : on.Receiver))
            yield return new(RefusalCodes.PartyNotAllowed, "/header/from");
        if (message.To != on.OtherThan(message.From))
            yield return new(RefusalCodes.PartyNotAllowed, "/header/to");
        if (!move.Rule.In.Contains(on.Phase))
            yield return new(RefusalCodes.PhaseNotAllowed, "/header/exchangeId");
        if (message.Test != on.Test)
            yield return new(RefusalCodes.TestMarkDiffers, "/header/test");
    }
}
