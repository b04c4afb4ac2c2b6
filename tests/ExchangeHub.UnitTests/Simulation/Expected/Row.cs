namespace ExchangeHub.UnitTests.Simulation.Expected;

/// <summary>What the receiver owes, as the model keeps it. A class, changed in place: the product's is folded from facts.</summary>
sealed class Row
{
    public required bool Acknowledgement { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Opened { get; init; }
    public Date? Due { get; init; }
    /// <summary>An extension that waits for its calendar: working days after a day.</summary>
    public (DateOnly After, int Days)? Extension { get; init; }
    public DateTimeOffset? Done { get; set; }
    public bool DoneByReturn { get; set; }
    public DateTimeOffset? Withdrawn { get; set; }
    public string? WithdrawnWhy { get; set; }
    public DateTimeOffset? Ended { get; set; }
    public string? Why { get; set; }
    public DateTimeOffset? OverdueTold { get; set; }
    public DateTimeOffset? Escalated { get; set; }
    public DateTimeOffset? ToldUntil { get; set; }

    public string Duty => Acknowledgement ? "acknowledgement" : "feedback";
    public bool Holds => Ended is null;
    public bool IsOpen => Done is null && Withdrawn is null && Ended is null;

    public void Do(DateTimeOffset at) => Done ??= at;

    public void End(DateTimeOffset at, string why) => (Ended, Why) = (at, why);

    /// <summary>Taken back in time it leaves the figures; too late it stays in them.</summary>
    public void TakeBack(DateTimeOffset at, DateTimeOffset told, string why)
    {
        if (Due is { } due && at >= due.At)
            (Withdrawn, WithdrawnWhy) = (at, why);
        else
            End(told, why);
    }

    /// <summary>The row that takes this one's place.</summary>
    /// <param name="keepsDone">Whether what was done stays done.</param>
    public Row Next(DateTimeOffset at, DateTimeOffset from, Date? due, bool keepsDone, (DateOnly, int)? extension = null)
    {
        var next = new Row { Acknowledgement = Acknowledgement, From = from, Opened = at, Due = due, Extension = extension };
        if (keepsDone)
            (next.Done, next.DoneByReturn) = (Done, DoneByReturn);
        if (due == Due)
            (next.OverdueTold, next.Escalated, next.ToldUntil) = (OverdueTold, Escalated, ToldUntil);
        return next;
    }

    public override string ToString() =>
        $"{Duty} due {Due?.On:yyyy-MM-dd} {Due?.At:s} opened {Opened:O} done {Done:O} withdrawn {Withdrawn:O} ended {Ended:O} {Why} overdue {OverdueTold:O} escalated {Escalated:O}";
}
