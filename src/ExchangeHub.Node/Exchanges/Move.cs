using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>What somebody does in an exchange that is there: it becomes one message of one kind. Texts as they were typed.</summary>
public abstract record Move
{
    internal abstract string Kind { get; }

    /// <summary>Checks the form and says what to send. Side and phase have been looked at (<see cref="Moves"/>).</summary>
    /// <returns>The message; worth nothing where the form found a fault.</returns>
    internal abstract Draft Draft(NodeExchange exchange, FormCheck form);
}

/// <summary>A message to be sealed: the members that its kind takes beside the common ones, and its content.</summary>
sealed record Draft(Func<Header, Header> Fill, OpenedContent Content);

/// <summary>What this county may do in an exchange now: the contracts' table, and what is counted or on its way.</summary>
static class Moves
{
    /// <summary>Why a message of this kind may not follow now; <c>null</c> where it may. The codes and fields are the hub's.</summary>
    public static Refusal? Forbidden(NodeExchange e, string kind)
    {
        var move = Kinds.Submitted[kind].Within ?? throw new ArgumentException("It opens an exchange.", nameof(kind));
        if (move.By is { } side && side != e.Side)
            return new(RefusalCodes.PartyNotAllowed, "/header/from");
        if (kind == Kinds.Acknowledgement ? e.UnderWay.Any() : !e.UnderWay.All(w => MayPrecede(e, w.Kind, kind)))
            return new(NodeCodes.AwaitingReceipt, "/header/exchangeId");
        if (!e.Takes(kind))
            return new(RefusalCodes.PhaseNotAllowed, e.IsNotice && !move.InNotices ? "/header/kind" : "/header/exchangeId");
        return kind switch
        {
            Kinds.Acknowledgement when e.AcknowledgedAt is not null => Limit(),
            Kinds.Dispute when e.Disputes >= Contracts.Wire.Limits.DisputesMax => Limit(),
            Kinds.ExtensionRequest when e.Undecided is not null || e.DueAt is null => new(RefusalCodes.PhaseNotAllowed, "/header/kind"),
            Kinds.ExtensionRequest when e.Extensions.Count >= Contracts.Wire.Limits.ExtensionsMax => Limit(),
            Kinds.ExtensionDecision when e.Undecided is null => e.Extensions.Count > 0 ? Limit() : new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo"),
            Kinds.Confirmation or Kinds.Dispute when e.ReplyId is null => new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo"),
            Kinds.ReturnContest when e.ReturnId is null => new(RefusalCodes.ReferenceUnknown, "/header/inReplyTo"),
            _ => null,
        };
    }

    /// <summary>Whether the time for it is over by the due time that is known here; the hub decides.</summary>
    public static Refusal? TooLate(NodeExchange e, string kind, DateTimeOffset now) =>
        kind is Kinds.ExtensionRequest or Kinds.ExtensionDecision && e.DueAt <= now ? new(RefusalCodes.WindowOver, "/header/kind") : null;

    /// <summary>A clerk need not wait for the receipt of what moves no phase: an acknowledgement of a question, an interim reply, a clarification.
    /// Once is enough of each but the last.</summary>
    static bool MayPrecede(NodeExchange e, string underWay, string kind) =>
        Kinds.Submitted[underWay].Within is { } move && move.After(e.Kind) is null && (underWay != kind || kind == Kinds.Clarification);

    static Refusal Limit() => new(RefusalCodes.LimitReached, "/header/kind");
}

/// <summary>What this county may do in an exchange now: buttons are shown by it, commands are refused by it.</summary>
/// <param name="Correct">Reply once more, in the place of the reply given.</param>
/// <param name="AskAgain">Ask the county that a return suggested; of an opening that the hub refused: send the same again.</param>
/// <param name="Supersede">Send a newer notice in the place of this one.</param>
public sealed record AllowedActions(bool Acknowledge = false, bool InterimReply = false, bool Reply = false, bool Correct = false, bool AskExtension = false,
    bool DecideExtension = false, bool Return = false, bool Contest = false, bool Withdraw = false, bool Confirm = false, bool Dispute = false, bool Clarify = false,
    bool AskAgain = false, bool Supersede = false)
{
    /// <param name="now">Business time: what is too late is not offered.</param>
    public static AllowedActions Of(NodeExchange e, DateTimeOffset now)
    {
        bool May(string kind) => (Moves.Forbidden(e, kind) ?? Moves.TooLate(e, kind, now)) is null;
        var answered = e.Phase is NodePhase.Answered;
        return new(
            Acknowledge: May(Kinds.Acknowledgement),
            InterimReply: May(Kinds.InterimReply),
            Reply: !answered && May(Kinds.FeedbackReply),
            Correct: answered && May(Kinds.FeedbackReply),
            AskExtension: May(Kinds.ExtensionRequest),
            DecideExtension: May(Kinds.ExtensionDecision),
            Return: May(Kinds.Return),
            Contest: May(Kinds.ReturnContest),
            Withdraw: May(Kinds.Withdrawal),
            Confirm: May(Kinds.Confirmation),
            Dispute: May(Kinds.Dispute),
            Clarify: May(Kinds.Clarification),
            AskAgain: CanAskAgain(e),
            Supersede: CanSupersede(e));
    }

    internal static bool CanAskAgain(NodeExchange e) => e is { Side: Side.Asker, Matter.Subject: not null }
        && e is { Phase: NodePhase.Refused } or { Phase: NodePhase.Returned, SuggestedTo: not null, IsNotice: false } && !e.UnderWay.Any();

    internal static bool CanSupersede(NodeExchange e) =>
        e is { Side: Side.Asker, IsNotice: true, SupersededBy: null, Phase: NodePhase.Open or NodePhase.Closed } && !e.UnderWay.Any();
}
