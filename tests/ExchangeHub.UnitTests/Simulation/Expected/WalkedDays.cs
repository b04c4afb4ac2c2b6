namespace ExchangeHub.UnitTests.Simulation.Expected;

/// <summary>A due date as the model knows it.</summary>
/// <param name="On">The local day that ends the time.</param>
/// <param name="At">The first instant that is too late.</param>
readonly record struct Date(DateOnly On, DateTimeOffset At);

/// <summary>Working days and terms, walked day by day from a small table of its own: the product's calendar, terms and policies are not asked.</summary>
/// <param name="knows2026">Whether the calendar of 2026 has come.</param>
/// <param name="away">The times in which no hub was there.</param>
sealed class WalkedDays(bool knows2026, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> away)
{
    public const int FirstYear = 2025;

    // The State Council's days of the winter and spring that a run plays in.
    static readonly HashSet<DateOnly> holidays =
    [
        .. Span(2026, 1, 1, 3), .. Span(2026, 2, 15, 9), .. Span(2026, 4, 4, 3), .. Span(2026, 5, 1, 5), .. Span(2026, 6, 19, 3),
        .. Span(2026, 9, 25, 3), .. Span(2026, 10, 1, 7),
    ];
    static readonly HashSet<DateOnly> madeUp =
        [new(2026, 1, 4), new(2026, 2, 14), new(2026, 2, 28), new(2026, 5, 9), new(2026, 9, 20), new(2026, 10, 10)];

    static IEnumerable<DateOnly> Span(int year, int month, int day, int days) => Enumerable.Range(0, days).Select(n => new DateOnly(year, month, day).AddDays(n));

    /// <summary>China keeps one time, eight hours before Greenwich's.</summary>
    public static DateTime Local(DateTimeOffset at) => at.UtcDateTime.AddHours(8);

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(Local(at));

    public static DateTimeOffset At(DateOnly day, int hour) => new DateTimeOffset(day.Year, day.Month, day.Day, 0, 0, 0, TimeSpan.FromHours(8)).AddHours(hour).ToUniversalTime();

    public static Date EndOf(DateOnly day) => new(day, At(day.AddDays(1), 0));

    /// <summary>The n-th working day after a day, before it for a negative n, the day itself for none; <c>null</c>: it lies where no calendar is.</summary>
    public DateOnly? Nth(DateOnly day, int n)
    {
        for (var left = Math.Abs(n); left > 0;)
        {
            day = day.AddDays(Math.Sign(n));
            if (!IsKnown(day))
                return null;
            if (IsWorking(day))
                left--;
        }
        return day;
    }

    public Date? EndOfNth(DateOnly day, int n) => Nth(day, n) is { } end ? Spared(EndOf(end)) : null;

    public WalkedDays With((DateTimeOffset, DateTimeOffset) another) => new(knows2026, [.. away, another]);

    /// <summary>A date with an hour after each time away that it falls into.</summary>
    public Date Spared(Date date)
    {
        while (away.Where(a => date.At > a.From && date.At <= a.To).ToList() is [var inside, ..])
            date = date with { At = inside.To.AddHours(1) };
        return date;
    }

    /// <summary>When a duty is due: the acknowledgement the next working day; the answer within a province the same day (after four, the next working
    /// one; urgent ones the same day at any hour), between provinces the seventh working day, urgent the next.</summary>
    public Date? Due(bool acknowledgement, bool near, bool urgent, DateTimeOffset from)
    {
        var day = DayOf(from);
        if (acknowledgement)
            return EndOfNth(day, 1);
        if (!near)
            return EndOfNth(day, urgent ? 1 : 7);
        if (!urgent && Local(from).Hour >= 16)
            return EndOfNth(day, 1);
        return !IsKnown(day) ? null : IsWorking(day) ? Spared(EndOf(day)) : EndOfNth(day, 1);
    }

    bool IsKnown(DateOnly day) => day.Year == FirstYear || (knows2026 && day.Year == FirstYear + 1);

    static bool IsWorking(DateOnly day) =>
        madeUp.Contains(day) || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day));
}
