using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>When something must be done.</summary>
/// <param name="On">The local day (Asia/Shanghai) that ends the time: the key of the cohort.</param>
/// <param name="At">The first instant that is too late, UTC.</param>
public sealed record Due(DateOnly On, DateTimeOffset At)
{
    /// <summary>The local day of the last instant that is in time: <see cref="On"/>, or later where an outage moved the time and left the cohort.</summary>
    public DateOnly LastDay => WireTime.DayOf(At.AddMicroseconds(-1)) is var last && last > On ? last : On;

    /// <summary>Until 24:00 of a local day.</summary>
    public static Due EndOf(DateOnly day) => new(day, WireTime.StartOf(day.AddDays(1)));
}

/// <summary>Term and calendar to due date. <c>null</c> is <em>pending</em>: the date falls in a year without a calendar.</summary>
public static class DueDates
{
    /// <param name="from">The instant the term counts from: the delivery, UTC.</param>
    public static Due? For(Term term, WorkingCalendar calendar, DateTimeOffset from) =>
        DayFor(term, calendar, WireTime.DayOf(from), TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, WireTime.Shanghai).DateTime)) is { } day
            ? Due.EndOf(day)
            : null;

    /// <summary>The last local day of a term that counts from a local day and time.</summary>
    public static DateOnly? DayFor(Term term, WorkingCalendar calendar, DateOnly day, TimeOnly time) => term switch
    {
        Term.SameDay { CutOff: { } cutOff } when time >= cutOff => calendar.OnOrAfter(day.AddDays(1)),
        Term.SameDay => calendar.OnOrAfter(day),
        Term.WorkingDays n => calendar.After(day, n.Count),
        Term.CalendarDays n => calendar.OnOrAfter(day.AddDays(n.Count)),
        _ => throw new InvalidOperationException($"No rule for {term}."),
    };
}
