using System.Collections.Immutable;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Exchanges;

/// <summary>One thing the receiver owes. A due date never changes in place: the row ends and the next opens.</summary>
/// <param name="Ordinal">1, 2, 3 … per exchange; 1 is always the opening's acknowledgement.</param>
/// <param name="Duty">One of <see cref="Duties"/>.</param>
/// <param name="CountsFrom">The instant its term counts from, UTC.</param>
/// <param name="OpenedAt">When this row began to hold, UTC.</param>
/// <param name="Due"><c>null</c> is pending: in no due cohort until the calendar comes.</param>
public sealed record Owed(int Ordinal, string Duty, DateTimeOffset CountsFrom, DateTimeOffset OpenedAt, Due? Due)
{
    public DateTimeOffset? FulfilledAt { get; init; }
    /// <summary>What fulfilled it was marked automatic.</summary>
    public bool Automatic { get; init; }
    /// <summary>The asker withdrew after the due time: it stays in the due cohorts and is no longer open.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
    /// <summary>Why, where it was no withdrawal: <c>Superseded</c>.</summary>
    public string? WithdrawnWhy { get; init; }
    /// <summary>From here on the row is in no figure.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>A code: the return's or due change's, or <see cref="Withdrawn"/>.</summary>
    public string? EndedWhy { get; init; }
    public DateTimeOffset? OverdueToldAt { get; init; }
    /// <summary>The step of the follow-up policy that was told last: what lies before it is not told any more.</summary>
    public DateTimeOffset? ToldUntil { get; init; }
    public DateTimeOffset? EscalatedAt { get; init; }
    /// <summary>What fulfilled it was a return: contested, it is owed again.</summary>
    public bool ByReturn { get; init; }

    /// <summary><see cref="EndedWhy"/> of a withdrawal before the due time.</summary>
    public const string Withdrawn = nameof(Withdrawn);

    /// <summary>Whether somebody still has to do it.</summary>
    public bool IsOpen => FulfilledAt is null && WithdrawnAt is null && EndedAt is null;

    /// <summary>The rows after a fact. Rows that the fact does not touch are the same objects.</summary>
    public static ImmutableList<Owed> Fold(ImmutableList<Owed> rows, ExchangeEvent fact) => fact switch
    {
        Opened o => Open(o),
        Acknowledged a => Each(rows, r => r.Duty == Duties.Acknowledgement, r => r.Fulfil(a)),
        Answered or AnsweredAgain => Each(rows, _ => true, r => r.Fulfil((MessageFact)fact)), // an answer implies the acknowledgement, at the same instant
        ReturnedByReceiver { Reason: ReturnReasons.Insufficient } r => Each(rows, row => row.FulfilledAt is null, row => row.Fulfil(r) with { ByReturn = true }),
        ReturnedByReceiver r => Each(rows, _ => true, row => row with { EndedAt = r.At, EndedWhy = r.Reason }),
        WithdrawnByAsker w => Each(rows, _ => true, row => row.Withdraw(w.At, w.At)),
        ClosedByHub { Cause: ClosureCauses.Superseded } c => Each(rows, r => r.IsOpen, row => row.Withdraw(c.At, c.At, c.Cause)),
        Reminded m => Each(rows, r => r.Duty == m.Duty, r => r with { ToldUntil = m.Step }),
        WentOverdue w => Each(rows, r => r.Duty == w.Duty, r => r with { OverdueToldAt = w.At, ToldUntil = w.DueAt + FollowUpPolicy.OverdueToldAfter }),
        Escalated e => Each(rows, r => r.Duty == e.Duty, r => r with { EscalatedAt = e.At, ToldUntil = e.Step }),
        DueMoved m => Move(rows, m),
        _ => rows,
    };

    static ImmutableList<Owed> Open(Opened o)
    {
        var acknowledgement = new Owed(1, Duties.Acknowledgement, o.At, o.At, o.AcknowledgementDue);
        return o.OwesFeedback ? [acknowledgement, new Owed(2, Duties.Feedback, o.At, o.At, o.FeedbackDue)] : [acknowledgement];
    }

    // Re-opened after a return, the row that the return ended goes on; after a dispute, what was done is to be done again.
    static ImmutableList<Owed> Move(ImmutableList<Owed> rows, DueMoved move)
    {
        var reopens = move.Cause == DueChangeCauses.Reopened;
        var row = rows.FindLast(r => r.Duty == move.Duty && (reopens || r.EndedAt is null));
        if (row is null)
            return rows;
        var next = new Owed(rows.Count + 1, row.Duty, move.CountsFrom, move.At, move.To);
        if (!reopens || row.EndedAt is not null)
            next = next with { FulfilledAt = row.FulfilledAt, Automatic = row.Automatic, ByReturn = row.ByReturn };
        if (move.To == row.Due) // what was told of this date is not told again
            next = next with { OverdueToldAt = row.OverdueToldAt, ToldUntil = row.ToldUntil, EscalatedAt = row.EscalatedAt };
        if (row.EndedAt is null)
            rows = rows.Replace(row, row with { EndedAt = move.At, EndedWhy = move.Cause });
        return rows.Add(!reopens && row.WithdrawnAt is { } withdrawn ? next.Withdraw(withdrawn, move.At, row.WithdrawnWhy) : next);
    }

    static ImmutableList<Owed> Each(ImmutableList<Owed> rows, Predicate<Owed> which, Func<Owed, Owed> change)
    {
        foreach (var row in rows)
            if (row.EndedAt is null && which(row))
                rows = rows.Replace(row, change(row));
        return rows;
    }

    // The first fulfilment sets the time.
    Owed Fulfil(MessageFact by) => FulfilledAt is null ? this with { FulfilledAt = by.At, Automatic = by.Automatic } : this;

    // Before the due time it leaves the cohorts; after it, it stays in them. A pending one is not yet due.
    Owed Withdraw(DateTimeOffset withdrawnAt, DateTimeOffset toldAt, string? why = null) => Due is null || withdrawnAt < Due.At
        ? this with { EndedAt = toldAt, EndedWhy = why ?? Withdrawn }
        : this with { WithdrawnAt = withdrawnAt, WithdrawnWhy = why };
}
