namespace ExchangeHub.UnitTests.Simulation.Expected;

/// <summary>The rows of one exchange and what each happening makes of them.</summary>
sealed class Duties
{
    public List<Row> Rows { get; } = [];

    public Row? Live(bool acknowledgement) => Rows.FindLast(r => r.Acknowledgement == acknowledgement && r.Holds);

    public void Opening(Date? acknowledge, bool asks, Date? answer, DateTimeOffset at)
    {
        Rows.Add(new() { Acknowledgement = true, From = at, Opened = at, Due = acknowledge });
        if (asks)
            Rows.Add(new() { Acknowledgement = false, From = at, Opened = at, Due = answer });
    }

    public void Do(DateTimeOffset at, bool acknowledgementOnly = false)
    {
        foreach (var row in Rows.Where(r => r.Holds && (r.Acknowledgement || !acknowledgementOnly)))
            row.Do(at);
    }

    public void Return(DateTimeOffset at, string reason)
    {
        foreach (var row in Rows.Where(r => r.Holds))
            if (reason != "Insufficient") // it was not ours to do
                row.End(at, reason);
            else if (row.Done is null) // it was looked at: that is done, as long as nobody contests
                (row.Done, row.DoneByReturn) = (at, true);
    }

    public void Withdraw(DateTimeOffset at)
    {
        foreach (var row in Rows.Where(r => r.Holds))
            row.TakeBack(at, at, "Withdrawn");
    }

    public void Supersede(DateTimeOffset at)
    {
        foreach (var row in Rows.Where(r => r.IsOpen))
            row.TakeBack(at, at, "Superseded");
    }

    /// <summary>Granted: the row of the old date ends, one with the later date begins.</summary>
    public Row Extend(DateTimeOffset at, int workingDays, WalkedDays days)
    {
        var row = Live(acknowledgement: false)!;
        var day = LastDay(row.Due!.Value);
        var end = days.EndOfNth(day, workingDays);
        return Replace(row, at, row.From, end, "Extended", end is null ? (day, workingDays) : null);
    }

    /// <summary>What the return took away is owed again, by the date it had, unless nobody could be in time for that.</summary>
    public List<Row> Contest(DateTimeOffset at, WalkedDays days)
    {
        var again = new List<Row>();
        foreach (var acknowledgement in new[] { true, false })
        {
            var last = Rows.FindLast(r => r.Acknowledgement == acknowledgement);
            if (last is null || (last.Holds && !last.DoneByReturn))
                continue;
            var next = last.Next(at, last.From, last.Due is { } due ? days.Spared(due) : null, keepsDone: !last.Holds, last.Extension);
            if (last.Holds)
                last.End(at, "Reopened");
            Rows.Add(next);
            again.Add(next);
        }
        return again;
    }

    public Row Dispute(DateTimeOffset at, Date? fresh)
    {
        var row = Live(acknowledgement: false)!;
        row.End(at, "Reopened");
        var next = row.Next(at, at, fresh, keepsDone: false);
        Rows.Add(next);
        return next;
    }

    /// <summary>What fell due while nobody could be in time has until an hour after.</summary>
    public List<Row> Outage(DateTimeOffset from, DateTimeOffset to, string cause, DateTimeOffset at) =>
        [.. Rows.Where(r => r.Holds && r.Due is { } due && due.At > from && due.At <= to && (r.Done is null || r.Done >= due.At)).ToList()
            .Select(r => Replace(r, at, r.From, r.Due!.Value with { At = to.AddHours(1) }, cause))];

    /// <summary>Delivered late: a fresh term, once; nobody has less time for it than before.</summary>
    public List<Row> CountAnew(DateTimeOffset confirmed, DateTimeOffset at, Func<bool, Date?> due) =>
        Rows.Exists(r => r.Why == "DeliveredLate") ? []
            : [.. Rows.Where(r => r.Holds && r.Done is null && r.Extension is null).ToList().Select(r => Replace(r, at, confirmed, Later(r.Due, due(r.Acknowledgement)), "DeliveredLate"))];

    public List<Row> SetPending(DateTimeOffset at, WalkedDays days, Func<bool, DateTimeOffset, Date?> due)
    {
        var set = new List<Row>();
        foreach (var row in Rows.Where(r => r.Holds && r.Due is null).ToList())
            if ((row.Extension is { } e ? days.EndOfNth(e.After, e.Days) : due(row.Acknowledgement, row.From)) is { } date)
                set.Add(Replace(row, at, row.From, date, "CalendarCame"));
        return set;
    }

    /// <summary>What is to be told by an instant and was not: by row, in the order of time, the last reminder of several.</summary>
    public IEnumerable<(string Kind, DateTimeOffset At, Row Row)> StepsBy(DateTimeOffset at, WalkedDays days)
    {
        foreach (var row in Rows.Where(r => r.IsOpen && r.Due is not null))
        {
            var due = row.Due!.Value;
            var steps = new List<(string Kind, DateTimeOffset At)>();
            foreach (var (day, hour) in new[] { (-1, 9), (0, 15), (1, 9) })
                if (days.Nth(day > 0 ? LastDay(due) : due.On, day) is { } on && WalkedDays.At(on, hour) is var step && step <= at && step > row.Opened && (row.ToldUntil is null || step > row.ToldUntil))
                {
                    steps.RemoveAll(s => s.Kind == "reminder");
                    steps.Add(("reminder", step));
                }
            if (row.OverdueTold is null && due.At.AddMinutes(2) <= at)
                steps.Add(("overdue", due.At.AddMinutes(2)));
            if (row.Escalated is null && days.Nth(LastDay(due), 3) is { } third && WalkedDays.At(third, 9) is var late && late > due.At && late <= at)
                steps.Add(("escalation", late));
            foreach (var (kind, when) in steps.OrderBy(s => s.At))
                yield return (kind, when, row);
        }
    }

    public List<(string Kind, Row Row)> FollowUp(DateTimeOffset at, WalkedDays days)
    {
        var steps = StepsBy(at, days).ToList();
        foreach (var (kind, when, row) in steps)
        {
            row.ToldUntil = when;
            if (kind == "overdue")
                row.OverdueTold = at;
            else if (kind == "escalation")
                row.Escalated = at;
        }
        return [.. steps.Select(s => (s.Kind, s.Row))];
    }

    // The last day on which there was time: the cohort's, or the one an outage moved it to.
    static DateOnly LastDay(Date due) => WalkedDays.DayOf(due.At.AddTicks(-1)) is var last && last > due.On ? last : due.On;

    static Date? Later(Date? one, Date? other) => one is null || other is null ? null : one.Value.At > other.Value.At ? one : other;

    Row Replace(Row row, DateTimeOffset at, DateTimeOffset from, Date? due, string why, (DateOnly, int)? extension = null)
    {
        var next = row.Next(at, from, due, keepsDone: true, extension);
        row.End(at, why);
        if (row.Withdrawn is { } withdrawn)
            next.TakeBack(withdrawn, at, row.WithdrawnWhy!);
        Rows.Add(next);
        return next;
    }
}
