using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>What an accepted message of either side makes of the exchange, kind by kind.</summary>
public static partial class ExchangeFolding
{
    static Folded Apply(NodeExchange exchange, Header header, AcceptedStatement stamp, OpenedContent content, string? actor)
    {
        if (header.MessageId == exchange.OpeningId)
            return OpeningAccepted(exchange, header, stamp, actor);
        var isLatest = stamp.Number >= exchange.PhaseNumber;
        if (isLatest && Kinds.Submitted.GetValueOrDefault(header.Kind)?.Within?.After(exchange.Kind) is { } to)
            exchange = exchange with { Phase = (NodePhase)to, PhaseNumber = stamp.Number, Refused = RefusedAfter(exchange, stamp.AcceptedAt) };
        exchange = Redated(exchange, stamp);
        var at = stamp.AcceptedAt;
        var entry = new TimelineFact(at, TimelineWhat.ToldByHub, actor, header.Outcome ?? header.ReasonCode, header.Outcome is null ? null : header.ReasonCode,
            Note: content.AnyNote, Automatic: header.Automatic, MessageId: header.MessageId);
        return header.Kind switch
        {
            Kinds.Acknowledgement => Folded.Of(Ended(exchange with { AcknowledgedAt = at }, NodePhase.Closed, isLatest, at, header) with { Automatic = exchange.IsNotice ? header.Automatic : exchange.Automatic },
                entry with { What = TimelineWhat.Acknowledged }),
            Kinds.InterimReply => Folded.Of(exchange with { VerifyingAt = at }, entry with { What = TimelineWhat.InterimReplied }),
            Kinds.FeedbackReply => Folded.Of(Answered(exchange, header, stamp, content), entry with { What = TimelineWhat.Answered }),
            Kinds.ExtensionRequest => Folded.Of(
                Extended(exchange, header.MessageId, at, e => e with { WorkingDays = header.WorkingDays ?? 0, ReasonCode = header.ReasonCode, AskedAt = at }),
                entry with { What = TimelineWhat.ExtensionAsked, WorkingDays = header.WorkingDays }),
            Kinds.ExtensionDecision => Folded.Of(
                Extended(exchange, header.InReplyTo ?? default, at, e => e with { Decision = header.Decision, DecisionReason = header.ReasonCode, DecidedAt = at }),
                entry with { What = header.Decision == Decisions.Granted ? TimelineWhat.ExtensionGranted : TimelineWhat.ExtensionDenied }),
            Kinds.Return => Folded.Of(Ended(exchange, NodePhase.Returned, isLatest, at, header) is var returned && isLatest
                ? returned with { SuggestedTo = header.SuggestedTo, ReturnId = header.MessageId } : returned, entry with { What = TimelineWhat.Returned }),
            Kinds.ReturnContest => Folded.Of(isLatest
                ? exchange with { ContestedAt = at, EndedAt = null, EndReason = null, SuggestedTo = null, ReturnId = null } : exchange with { ContestedAt = at },
                entry with { What = TimelineWhat.Contested }),
            Kinds.Withdrawal => Folded.Of(Ended(exchange, NodePhase.Withdrawn, isLatest, at, header), entry with { What = TimelineWhat.Withdrawn }),
            Kinds.Confirmation => Folded.Of(Ended(exchange, NodePhase.Closed, isLatest, at, header) with { Mark = header.Mark },
                entry with { What = TimelineWhat.Confirmed, Code = header.Mark }),
            Kinds.Dispute => Folded.Of(exchange with
            {
                Disputes = exchange.Disputes + 1,
                Dispute = new(stamp.Number, at, header.ReasonCode),
                Replies = [.. exchange.Replies.Where(r => r.Number > stamp.Number)],
                VerifyingAt = null, // a fresh clock, a fresh look
                Ruling = null,
            }, entry with { What = TimelineWhat.Disputed }),
            Kinds.Clarification => Folded.Of(exchange, entry with { What = TimelineWhat.Clarified }),
            _ => Folded.Of(exchange, entry with { Code = header.Kind }),
        };
    }

    // What was accepted before the refusal, often the very cause of it, may be told after it: the refusal is news still.
    static RefusedMessage? RefusedAfter(NodeExchange exchange, DateTimeOffset at) => exchange.Refused is { } refused && refused.RefusedAt >= at ? refused : null;

    static Folded OpeningAccepted(NodeExchange exchange, Header header, AcceptedStatement stamp, string? actor)
    {
        var after = Dated(exchange, stamp);
        if (exchange.Phase is NodePhase.Sending or NodePhase.Refused)
            after = after with { Phase = NodePhase.Open, PhaseNumber = stamp.Number, EndedAt = null, Refused = null };
        return Folded.Of(after, new TimelineFact(stamp.AcceptedAt, TimelineWhat.Delivered, header.To, header.ReasonCode, Automatic: header.Automatic, MessageId: header.MessageId));
    }

    static NodeExchange Answered(NodeExchange exchange, Header header, AcceptedStatement stamp, OpenedContent content) => exchange with
    {
        AnsweredAt = exchange.AnsweredAt ?? stamp.AcceptedAt, // the first reply sets the time, also when a correction follows
        Replies = stamp.Number > (exchange.Dispute?.Number ?? 0) ? [.. exchange.Replies, new(stamp.Number, stamp.AcceptedAt)] : exchange.Replies,
        AcknowledgedAt = exchange.AcknowledgedAt ?? stamp.AcceptedAt,
        Outcome = header.Outcome,
        OutcomeReason = header.ReasonCode,
        Automatic = header.Automatic,
        ReplyId = header.MessageId,
        ReplyNumber = stamp.Number,
        ReplyChanged = header.Supersedes is not null && (header.Changed || header.Outcome != exchange.Outcome),
        Answer = content.Reply ?? exchange.Answer,
    };

    /// <summary>What was asked or decided of one request for more time: either may be told first.</summary>
    static NodeExchange Extended(NodeExchange exchange, Guid request, DateTimeOffset at, Func<Extension, Extension> told) => exchange with
    {
        Extensions = exchange.Extensions.Any(e => e.RequestId == request) ? [.. exchange.Extensions.Select(e => e.RequestId == request ? told(e) : e)]
            : [.. exchange.Extensions, told(new(request, 0, null, at))],
    };

    /// <summary>The end that a message made, where it is the exchange's phase now.</summary>
    static NodeExchange Ended(NodeExchange exchange, NodePhase phase, bool isLatest, DateTimeOffset at, Header header) => !isLatest || exchange.Phase != phase ? exchange
        : phase == NodePhase.Closed ? exchange with { EndedAt = at, ClosedWhy = header.Kind }
        : exchange with { EndedAt = at, EndReason = header.ReasonCode };

    static NodeExchange Dated(NodeExchange exchange, AcceptedStatement stamp) => Undoubted(exchange with
    {
        DeliveredAt = stamp.AcceptedAt,
        AckDueOn = exchange.AckDueOn ?? stamp.AckDueOn,
        AckDueAt = exchange.AckDueAt ?? stamp.AckDueAt,
        DueOn = exchange.DueOn ?? stamp.DueOn,
        DueAt = exchange.DueAt ?? stamp.DueAt,
        DuePending = stamp.DuePending,
    });

    /// <summary>The due dates that a message within the exchange set: an extension granted, a dispute, a contest.</summary>
    static NodeExchange Redated(NodeExchange exchange, AcceptedStatement stamp)
    {
        var after = exchange;
        if (stamp.AckDueAt is not null)
            after = after with { AckDueOn = stamp.AckDueOn, AckDueAt = stamp.AckDueAt };
        if (stamp.Number < exchange.DueNumber)
            return after;
        if (stamp.DueAt is not null)
            return after with { DueOn = stamp.DueOn, DueAt = stamp.DueAt, DueNumber = stamp.Number, DuePending = false };
        return stamp.DuePending && !exchange.IsNotice
            ? after with { DueOn = null, DueAt = null, DueNumber = stamp.Number, DuePending = true } : after;
    }

    /// <summary>A date is awaited only while one that is owed is absent.</summary>
    static NodeExchange Undoubted(NodeExchange exchange) =>
        exchange with { DuePending = exchange.DuePending && (exchange.AckDueAt is null || (!exchange.IsNotice && exchange.DueAt is null)) };
}
