using ExchangeHub.Contracts;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>An exchange after something happened, with what its timeline gains.</summary>
public sealed record Folded(NodeExchange Exchange, IReadOnlyList<TimelineFact> Timeline)
{
    public static Folded Of(NodeExchange exchange, params IReadOnlyList<TimelineFact> timeline) => new(exchange, timeline);
}

/// <summary>
/// How a county's view of an exchange changes. Pure: state and what happened in, state and timeline out.
/// Receipts and deliveries of one exchange may come in any order between the two sides, so nothing here assumes that a receipt came first.
/// </summary>
public static class ExchangeFolding
{
    /// <summary>An own question, just stored.</summary>
    public static Folded Asked(Header header, CertificateVerificationRequest question, string actor)
    {
        var exchange = new NodeExchange(header.From, header.ExchangeId, Side.Asker, header.To, header.Kind, header.Version, header.MessageId, header.SentAt)
        {
            Phase = NodePhase.Sending,
            CaseNumber = header.CaseNumber,
            Urgency = header.Urgency,
            ReasonCode = header.ReasonCode,
            Follows = header.Follows,
            Test = header.Test,
            Question = question,
            Waiting = [WaitingOf(header)],
        };
        return Folded.Of(exchange, new TimelineFact(header.SentAt, TimelineWhat.Asked, actor, header.ReasonCode, Note: question.Note, MessageId: header.MessageId));
    }

    /// <summary>Another county's question, with what the register says of it.</summary>
    public static Folded Received(Header header, AcceptedStatement stamp, CertificateVerificationRequest question, RegisterComparison comparison)
    {
        var exchange = Dated(new NodeExchange(header.To, header.ExchangeId, Side.Receiver, header.From, header.Kind, header.Version, header.MessageId, stamp.AcceptedAt)
        {
            Phase = NodePhase.Open,
            CaseNumber = header.CaseNumber,
            Urgency = header.Urgency,
            ReasonCode = header.ReasonCode,
            Follows = header.Follows,
            Test = header.Test,
            Question = question,
            Comparison = comparison,
        }, stamp);
        return Folded.Of(exchange,
            new TimelineFact(stamp.AcceptedAt, TimelineWhat.Delivered, header.From, header.ReasonCode, Note: question.Note, MessageId: header.MessageId),
            LookedUp(comparison));
    }

    /// <summary>An open question was compared again, because the register changed.</summary>
    public static Folded Compared(NodeExchange exchange, RegisterComparison comparison) =>
        Folded.Of(exchange with { Comparison = comparison }, LookedUp(comparison));

    /// <summary>Another county's question that cannot be read: it stands without content, to be returned.</summary>
    public static Folded Unreadable(AcceptedStatement stamp) => Folded.Of(
        Dated(new NodeExchange(stamp.To, stamp.ExchangeId, Side.Receiver, stamp.From, stamp.Kind, stamp.Version, stamp.MessageId, stamp.AcceptedAt)
        {
            Phase = NodePhase.Open,
            Test = stamp.Test,
        }, stamp),
        new TimelineFact(stamp.AcceptedAt, TimelineWhat.Delivered, stamp.From, MessageId: stamp.MessageId));

    /// <summary>An own message in this exchange was stored and is on its way. An earlier refusal is out of sight from here.</summary>
    public static Folded Stored(NodeExchange exchange, Header header, OpenedContent content, string? actor)
    {
        var note = content.Note ?? content.Reply?.Note;
        var after = exchange with { Waiting = [.. exchange.Waiting, WaitingOf(header)], Refused = null };
        TimelineWhat? what = header.Kind switch
        {
            Kinds.FeedbackReply => TimelineWhat.ReplyStored,
            Kinds.Return => TimelineWhat.ReturnStored,
            Kinds.Withdrawal => TimelineWhat.WithdrawalStored,
            _ => null,
        };
        return what is { } told
            ? Folded.Of(after, new TimelineFact(header.SentAt, told, actor, header.Outcome ?? header.ReasonCode,
                header.Outcome is null ? null : header.ReasonCode, Note: note, Automatic: header.Automatic, MessageId: header.MessageId))
            : Folded.Of(after);
    }

    /// <summary>The hub's verdict on an own message.</summary>
    /// <param name="actor">Who wrote it here, for the timeline.</param>
    public static Folded Receipt(NodeExchange exchange, Header own, OpenedContent content, Statement statement, string? actor) => statement switch
    {
        AcceptedStatement accepted => Apply(Settled(exchange, own.MessageId), own, accepted, content, actor),
        RefusedStatement refused => Refuse(exchange, own, refused),
        HeldStatement held => Folded.Of(
            exchange with { Waiting = [.. exchange.Waiting.Select(w => w.MessageId == own.MessageId ? w with { Held = true } : w)] },
            new TimelineFact(held.HeldAt, TimelineWhat.HeldByHub, MessageId: own.MessageId)),
        _ => Folded.Of(exchange),
    };

    /// <summary>A message of the other side.</summary>
    public static Folded Delivered(NodeExchange exchange, Header header, AcceptedStatement stamp, OpenedContent content) =>
        Apply(exchange, header, stamp, content, header.From);

    /// <summary>What the hub itself told about this exchange.</summary>
    public static Folded Told(NodeExchange exchange, EventStatement told) => told switch
    {
        { Kind: Kinds.Overdue, Duty: Duties.Feedback } => Folded.Of(exchange with { OverdueToldAt = told.AcceptedAt },
            new TimelineFact(told.DueAt ?? told.AcceptedAt, TimelineWhat.Overdue, Duty: told.Duty)),
        { Kind: Kinds.Overdue } => Folded.Of(exchange, new TimelineFact(told.DueAt ?? told.AcceptedAt, TimelineWhat.Overdue, Duty: told.Duty)),
        { Kind: Kinds.DueChange, Duty: Duties.Acknowledgement } => Folded.Of(Undoubted(exchange with { AckDueOn = told.DueOn, AckDueAt = told.DueAt }), Moved(told)),
        { Kind: Kinds.DueChange } => Folded.Of(Undoubted(exchange with { DueOn = told.DueOn, DueAt = told.DueAt, OverdueToldAt = null }), Moved(told)),
        _ => Folded.Of(exchange, new TimelineFact(told.AcceptedAt, TimelineWhat.ToldByHub, Code: told.Kind)),
    };

    static Folded Apply(NodeExchange exchange, Header header, AcceptedStatement stamp, OpenedContent content, string? actor)
    {
        var at = stamp.AcceptedAt;
        if (Kinds.Submitted.GetValueOrDefault(header.Kind)?.Within?.To is { } to)
            exchange = exchange with { Phase = (NodePhase)to };
        var note = content.Note ?? content.Reply?.Note;
        var entry = new TimelineFact(at, TimelineWhat.Delivered, actor, header.Outcome ?? header.ReasonCode,
            header.Outcome is null ? null : header.ReasonCode, Note: note, Automatic: header.Automatic, MessageId: header.MessageId);
        return header.Kind switch
        {
            Kinds.CertificateVerificationRequest => Folded.Of(
                Dated(exchange with { Phase = exchange.Phase is NodePhase.Sending or NodePhase.Refused ? NodePhase.Open : exchange.Phase }, stamp),
                entry with { Actor = header.To, Note = null }),
            Kinds.Acknowledgement => Folded.Of(exchange with { AcknowledgedAt = at }, entry with { What = TimelineWhat.Acknowledged }),
            Kinds.FeedbackReply => Folded.Of(exchange with
            {
                AnsweredAt = exchange.AnsweredAt ?? at, // the first reply sets the time, also when a correction follows
                AcknowledgedAt = exchange.AcknowledgedAt ?? at,
                Outcome = header.Outcome,
                OutcomeReason = header.ReasonCode,
                Automatic = header.Automatic,
                ReplyId = header.MessageId,
                Answer = content.Reply ?? exchange.Answer,
            }, entry with { What = TimelineWhat.Answered }),
            Kinds.Return => Folded.Of(exchange with
            {
                EndedAt = at,
                EndReason = header.ReasonCode,
                SuggestedTo = header.SuggestedTo,
            }, entry with { What = TimelineWhat.Returned }),
            Kinds.Withdrawal => Folded.Of(exchange with { EndedAt = at, EndReason = header.ReasonCode },
                entry with { What = TimelineWhat.Withdrawn }),
            _ => Folded.Of(exchange, entry with { What = TimelineWhat.ToldByHub, Code = header.Kind }),
        };
    }

    static Folded Refuse(NodeExchange exchange, Header own, RefusedStatement refused)
    {
        var after = Settled(exchange, own.MessageId) with
        {
            Refused = new(own.MessageId, own.Kind, refused.RefusedAt, refused.Reasons, refused.Fields),
        };
        if (own.MessageId == exchange.OpeningId && exchange.Phase == NodePhase.Sending)
            after = after with { Phase = NodePhase.Refused, EndedAt = refused.RefusedAt };
        return Folded.Of(after,
            new TimelineFact(refused.RefusedAt, TimelineWhat.RefusedByHub, Code: refused.Reasons.Count > 0 ? refused.Reasons[0] : null,
                MessageId: own.MessageId, Refusals: refused.Reasons));
    }

    static TimelineFact LookedUp(RegisterComparison comparison) => new(comparison.ComparedAt, TimelineWhat.RegisterLookedUp, Automatic: true,
        Code: comparison switch { { Exact: true } => "Exact", { Found: true } => "Differs", _ => "NotFound" });

    static NodeExchange Settled(NodeExchange exchange, Guid messageId) =>
        exchange with { Waiting = [.. exchange.Waiting.Where(w => w.MessageId != messageId)] };

    static NodeExchange Dated(NodeExchange exchange, AcceptedStatement stamp) => exchange with
    {
        DeliveredAt = stamp.AcceptedAt,
        AckDueOn = exchange.AckDueOn ?? stamp.AckDueOn,
        AckDueAt = exchange.AckDueAt ?? stamp.AckDueAt,
        DueOn = exchange.DueOn ?? stamp.DueOn,
        DueAt = exchange.DueAt ?? stamp.DueAt,
        DuePending = stamp.DuePending && ((exchange.AckDueAt ?? stamp.AckDueAt) is null || (exchange.DueAt ?? stamp.DueAt) is null),
    };

    static NodeExchange Undoubted(NodeExchange exchange) =>
        exchange with { DuePending = exchange.DuePending && (exchange.AckDueAt is null || exchange.DueAt is null) };

    static TimelineFact Moved(EventStatement told) =>
        new(told.AcceptedAt, TimelineWhat.DueChanged, Code: told.Cause, Duty: told.Duty, DueOn: told.DueOn);

    static WaitingMessage WaitingOf(Header header) => new(header.MessageId, header.Kind, header.SentAt, header.Outcome, header.ReasonCode);
}
