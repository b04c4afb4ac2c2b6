using ExchangeHub.Contracts;

namespace ExchangeHub.Node.Exchanges;

/// <summary>What the hub itself tells of an exchange.</summary>
public static partial class ExchangeFolding
{
    /// <summary>What the hub itself told about this exchange. A kind that this release does not know is kept in the timeline.</summary>
    public static Folded Told(NodeExchange exchange, EventStatement told) => told switch
    {
        { Kind: Kinds.Overdue } => Folded.Of(exchange, new TimelineFact(told.DueAt ?? told.AcceptedAt, TimelineWhat.Overdue, Duty: told.Duty)),
        { Kind: Kinds.Reminder } => Folded.Of(exchange, new TimelineFact(told.AcceptedAt, TimelineWhat.Reminded, Duty: told.Duty)),
        { Kind: Kinds.Escalation } => Folded.Of(exchange with { EscalatedAt = told.AcceptedAt }, new TimelineFact(told.AcceptedAt, TimelineWhat.Escalated, Duty: told.Duty)),
        { Kind: Kinds.DueChange, Duty: Duties.Acknowledgement } =>
            Folded.Of(Undoubted(exchange with { AckDueOn = told.DueOn, AckDueAt = told.DueAt, DuePending = exchange.DuePending || told.DueAt is null }), Moved(told)),
        { Kind: Kinds.DueChange } => Folded.Of(DueMoved(exchange, told), Moved(told)),
        { Kind: Kinds.Closure } => Folded.Of(Closed(exchange, told), new TimelineFact(told.AcceptedAt, TimelineWhat.ClosedByHub, Code: told.Cause)),
        { Kind: Kinds.Ruling } => Folded.Of(exchange with { Ruling = told.Outcome }, new TimelineFact(told.AcceptedAt, TimelineWhat.Ruled, Code: told.Outcome)),
        _ => Folded.Of(exchange, new TimelineFact(told.AcceptedAt, TimelineWhat.ToldByHub, Code: told.Kind)),
    };

    static NodeExchange DueMoved(NodeExchange exchange, EventStatement told) => told.Number < exchange.DueNumber ? exchange : Undoubted(exchange with
    {
        DueOn = told.DueOn,
        DueAt = told.DueAt,
        DueNumber = told.Number ?? exchange.DueNumber,
        DuePending = exchange.DuePending || told.DueAt is null,
    });

    static NodeExchange Closed(NodeExchange exchange, EventStatement told) => told.Number < exchange.PhaseNumber ? exchange : exchange with
    {
        Phase = NodePhase.Closed,
        PhaseNumber = told.Number ?? exchange.PhaseNumber,
        Refused = RefusedAfter(exchange, told.AcceptedAt),
        EndedAt = told.AcceptedAt,
        ClosedWhy = told.Cause,
    };

    static TimelineFact Moved(EventStatement told) =>
        new(told.AcceptedAt, TimelineWhat.DueChanged, Code: told.Cause, Duty: told.Duty, DueOn: told.DueOn);
}
