using System.Collections.Frozen;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>A day on which the table departs from the week.</summary>
/// <param name="On">Day in Asia/Shanghai.</param>
/// <param name="Works">A make-up working day; else a holiday.</param>
/// <param name="Occasion">What it is kept for, in Chinese.</param>
public sealed record CalendarDay(DateOnly On, bool Works, string Occasion);

/// <summary>Working days by the State Council's yearly table: Monday to Friday, without its holidays, with its make-up days.</summary>
/// <remarks>A year without a table has no answer: what falls into it is pending, never guessed.</remarks>
public sealed class WorkingCalendar
{
    readonly FrozenSet<int> years;
    readonly FrozenDictionary<DateOnly, bool> days;

    public WorkingCalendar(IEnumerable<int> years, IEnumerable<CalendarDay> days)
    {
        this.years = years.ToFrozenSet();
        this.days = days.ToFrozenDictionary(d => d.On, d => d.Works);
    }

    /// <summary>The years that have a table.</summary>
    public IEnumerable<int> Years => years.Order();

    /// <summary>Whether offices work on a day; <c>null</c> in a year without a table.</summary>
    public bool? IsWorkingDay(DateOnly day) =>
        !years.Contains(day.Year) ? null
        : days.TryGetValue(day, out var works) ? works
        : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>The given day, or the next working one after it; <c>null</c> when the search meets a year without a table.</summary>
    public DateOnly? OnOrAfter(DateOnly day)
    {
        while (IsWorkingDay(day) is { } works)
        {
            if (works)
                return day;
            day = day.AddDays(1);
        }
        return null;
    }

    /// <summary>The n-th working day after a day, which itself does not count; <c>null</c> when the count meets a year without a table.</summary>
    public DateOnly? After(DateOnly day, int workingDays)
    {
        DateOnly? reached = day;
        for (var n = 0; n < workingDays && reached is { } from; n++)
            reached = OnOrAfter(from.AddDays(1));
        return reached;
    }

    /// <summary>The n-th working day before a day, which itself does not count; <c>null</c> when the count meets a year without a table.</summary>
    public DateOnly? Before(DateOnly day, int workingDays)
    {
        for (var n = 0; n < workingDays;)
        {
            day = day.AddDays(-1);
            if (IsWorkingDay(day) is not { } works)
                return null;
            if (works)
                n++;
        }
        return day;
    }

    /// <summary>Reads <c>date,kind,occasion</c>, <c>kind</c> being <c>holiday</c> or <c>workday</c>.</summary>
    /// <returns>The days, and the years whose table is there: New Year's Day is a holiday in each,
    /// while single days of a neighbouring year may stand in a file (a make-up day in December).</returns>
    /// <exception cref="FormatException">A row is not a day or names one again; the message names the line.</exception>
    public static (IReadOnlyList<int> Years, IReadOnlyList<CalendarDay> Days) ReadCsv(TextReader text)
    {
        var seen = new HashSet<DateOnly>();
        var read = CsvTable.Read(text, ["date", "kind", "occasion"], row =>
        {
            DateOnly on = default;
            row.Of("date", d => WireTime.TryParseDay(d, out on) && seen.Add(on)); // a day named again is a doubt, not a second holiday
            return new CalendarDay(on, row.Of("kind", k => k is "holiday" or "workday") is "workday", row["occasion"] ?? "");
        });
        return ([.. read.Where(d => d is { On: { Month: 1, Day: 1 }, Works: false }).Select(d => d.On.Year)], read);
    }
}
