using ExchangeHub.Contracts;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Register;

namespace ExchangeHub.Node.Exchanges;

/// <summary>An exchange after something happened, with what its timeline gains.</summary>
public sealed record Folded(NodeExchange Exchange, IReadOnlyList<TimelineFact> Timeline)
{
    public static Folded Of(NodeExchange exchange, params IReadOnlyList<TimelineFact> timeline) => new(exchange, timeline);

    /// <summary>Something more that happened to the exchange as it stands now.</summary>
    public Folded Then(Func<NodeExchange, Folded> next)
    {
        var (exchange, timeline) = next(Exchange);
        return new(exchange, [.. Timeline, .. timeline]);
    }
}

/// <summary>
/// How a county's view of an exchange changes. Pure: state and what happened in, state and timeline out.
/// Receipts and deliveries of one exchange may come in any order between the two sides, so nothing here assumes that a receipt came first:
/// <c>number</c> says which of two messages moved the phase, or the due date, last.
/// </summary>
public static partial class ExchangeFolding
{
    /// <summary>An own opening message, just stored.</summary>
    /// <param name="follows">The own exchange that it follows where the header names none: the hub refused to open that one.</param>
    public static Folded Asked(Header header, Matter matter, string actor, Guid? follows = null)
    {
        var exchange = Opened(header, header.From, Side.Asker, header.SentAt, matter) with { Phase = NodePhase.Sending, Waiting = [WaitingOf(header)], Follows = header.Follows ?? follows };
        return Folded.Of(exchange, new TimelineFact(header.SentAt, TimelineWhat.Asked, actor, header.ReasonCode, Note: matter.Note, Automatic: header.Automatic,
            MessageId: header.MessageId));
    }

    /// <summary>Another county's opening message, with what this county's own records say of it.</summary>
    /// <param name="comparison">Of a question.</param>
    /// <param name="record">Of a notice.</param>
    public static Folded Received(Header header, AcceptedStatement stamp, Matter matter, RegisterComparison? comparison = null, RecordMatch? record = null)
    {
        var exchange = Dated(Opened(header, header.To, Side.Receiver, stamp.AcceptedAt, matter) with
        {
            Phase = NodePhase.Open,
            PhaseNumber = stamp.Number,
            Comparison = comparison,
            Record = record,
        }, stamp);
        return Folded.Of(exchange,
        [
            new(stamp.AcceptedAt, TimelineWhat.Delivered, header.From, header.ReasonCode, Note: matter.Note, Automatic: header.Automatic, MessageId: header.MessageId),
            .. comparison is null ? [] : new[] { LookedUp(comparison) },
            .. record is null ? [] : new[] { Matched(record, stamp.AcceptedAt, actor: null) },
        ]);
    }

    /// <summary>An open question was compared again, because the register changed.</summary>
    public static Folded Compared(NodeExchange exchange, RegisterComparison comparison) =>
        Folded.Of(exchange with { Comparison = comparison }, LookedUp(comparison));

    /// <summary>A clerk opened the own record from a notice.</summary>
    public static Folded RecordOpened(NodeExchange exchange, DateTimeOffset at, string actor)
    {
        var record = new RecordMatch(RecordMatches.Opened);
        return Folded.Of(exchange with { Record = record }, Matched(record, at, actor));
    }

    /// <summary>A newer notice took the place of this one's.</summary>
    public static Folded Superseded(NodeExchange exchange, Header by, DateTimeOffset at) => exchange.SupersededBy is not null ? Folded.Of(exchange)
        : Folded.Of(exchange with { SupersededBy = by.ExchangeId }, new TimelineFact(at, TimelineWhat.Superseded, by.From, MessageId: by.MessageId));

    /// <summary>Another county's opening that cannot be read: it stands without content, to be returned.</summary>
    public static Folded Unreadable(AcceptedStatement stamp) => Folded.Of(
        Dated(new NodeExchange(stamp.To, stamp.ExchangeId, Side.Receiver, stamp.From, stamp.Kind, stamp.Version, stamp.MessageId, stamp.AcceptedAt)
        {
            Phase = NodePhase.Open,
            PhaseNumber = stamp.Number,
            Test = stamp.Test,
        }, stamp),
        new TimelineFact(stamp.AcceptedAt, TimelineWhat.Delivered, stamp.From, MessageId: stamp.MessageId));

    /// <summary>A message of the other side that cannot be read: what its header says has happened all the same, the hub has accepted it.</summary>
    public static Folded Unreadable(NodeExchange exchange, Header header, AcceptedStatement stamp) =>
        Delivered(exchange, header, stamp, new OpenedContent()).Then(after => Folded.Of(after,
            new TimelineFact(stamp.AcceptedAt, TimelineWhat.Unreadable, Code: header.Kind, MessageId: header.MessageId)));

    /// <summary>An own message in this exchange was stored and is on its way. An earlier refusal is out of sight from here.</summary>
    public static Folded Stored(NodeExchange exchange, Header header, OpenedContent content, string? actor)
    {
        var after = exchange with { Waiting = [.. exchange.Waiting, WaitingOf(header)], Refused = null };
        TimelineWhat? what = header.Kind switch
        {
            Kinds.FeedbackReply => TimelineWhat.ReplyStored,
            Kinds.Return => TimelineWhat.ReturnStored,
            Kinds.Withdrawal => TimelineWhat.WithdrawalStored,
            Kinds.Acknowledgement => null,
            _ => TimelineWhat.MessageStored,
        };
        return what is { } told
            ? Folded.Of(after, new TimelineFact(header.SentAt, told, actor, told == TimelineWhat.MessageStored ? header.Kind : header.Outcome ?? header.ReasonCode,
                header.Outcome is null ? null : header.ReasonCode, Note: content.AnyNote, Automatic: header.Automatic, MessageId: header.MessageId))
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

    /// <summary>An own message that the hub has accepted and this database has lost: it happened, without its content.</summary>
    /// <param name="exchange"><c>null</c> where it is lost as well.</param>
    /// <returns><c>null</c> where the other side opened the exchange, and that has not come again yet.</returns>
    public static Folded? Recovered(NodeExchange? exchange, Header own, AcceptedStatement accepted)
    {
        if (exchange is null && !Kinds.Submitted[own.Kind].Opens)
            return null;
        exchange ??= Opened(own, own.From, Side.Asker, own.SentAt, new Matter()) with { Phase = NodePhase.Sending, ContentLost = true };
        return Folded.Of(exchange, new TimelineFact(own.SentAt, TimelineWhat.Recovered, Code: own.Kind, MessageId: own.MessageId))
            .Then(e => Apply(e, own, accepted, new OpenedContent(), own.From));
    }

    /// <summary>A message of the other side.</summary>
    public static Folded Delivered(NodeExchange exchange, Header header, AcceptedStatement stamp, OpenedContent content) =>
        Apply(exchange, header, stamp, content, header.From);

    static NodeExchange Opened(Header header, string county, Side side, DateTimeOffset at, Matter matter) =>
        new(county, header.ExchangeId, side, side == Side.Asker ? header.To : header.From, header.Kind, header.Version, header.MessageId, at)
        {
            CaseNumber = header.CaseNumber,
            Urgency = header.Urgency,
            ReasonCode = header.ReasonCode,
            Follows = header.Follows,
            Supersedes = header.Supersedes,
            Test = header.Test,
            Matter = matter,
        };

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

    static TimelineFact Matched(RecordMatch record, DateTimeOffset at, string? actor) =>
        new(at, TimelineWhat.RecordMatched, actor, record.What, Automatic: actor is null);

    static NodeExchange Settled(NodeExchange exchange, Guid messageId) =>
        exchange with { Waiting = [.. exchange.Waiting.Where(w => w.MessageId != messageId)] };

    static WaitingMessage WaitingOf(Header header) => new(header.MessageId, header.Kind, header.SentAt, header.Outcome, header.ReasonCode);
}
