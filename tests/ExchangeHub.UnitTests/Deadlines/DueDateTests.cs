using CsCheck;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.UnitTests.Exchanges;

namespace ExchangeHub.UnitTests.Deadlines;

public sealed class DueDateTests
{
    static readonly WorkingCalendar Calendar = Core.Rules.CalendarOf("330000");

    [Theory]
    [InlineData("2026-02-11T10:00", "7-working-days", "2026-02-27")]
    [InlineData("2026-02-13T10:00", "1-working-days", "2026-02-14")] // Saturday, a make-up day
    [InlineData("2026-09-18T10:00", "3-working-days", "2026-09-22")]
    [InlineData("2026-02-01T10:00", "15-calendar-days", "2026-02-24")]
    [InlineData("2026-03-02T10:00", "7-working-days", "2026-03-11")]
    [InlineData("2026-03-11T10:00", "15-working-days", "2026-04-01")]
    [InlineData("2026-04-01T10:00", "15-working-days", "2026-04-23")]
    public void The_known_dates(string delivered, string term, string due) => DueOn(term, delivered).ShouldBe(Core.Day(due));

    [Theory]
    [InlineData("same-day/16:00:00", "2026-03-02T15:59:59.999999", "2026-03-02")]
    [InlineData("same-day/16:00:00", "2026-03-02T16:00", "2026-03-03")]
    [InlineData("same-day/16:00:00", "2026-03-06T16:00", "2026-03-09")] // Friday
    [InlineData("same-day/16:00:00", "2026-02-14T16:00", "2026-02-24")] // before the Spring Festival
    [InlineData("same-day/16:00:00", "2026-02-17T09:00", "2026-02-24")] // a rest day: the end of the next working day
    [InlineData("same-day/16:00:00", "2026-02-28T09:00", "2026-02-28")] // Saturday, a make-up day
    [InlineData("same-day", "2026-03-02T23:59:59.999999", "2026-03-02")]
    [InlineData("same-day", "2026-03-07T09:00", "2026-03-09")] // a rest day still rolls
    [InlineData("1-working-days", "2026-03-02T00:00", "2026-03-03")]
    [InlineData("1-working-days", "2026-03-07T09:00", "2026-03-09")]
    [InlineData("1-calendar-days", "2026-03-02T23:59:59.999999", "2026-03-03")]
    public void Cut_offs_and_rest_days(string term, string delivered, string due) => DueOn(term, delivered).ShouldBe(Core.Day(due));

    [Fact]
    public void The_first_instant_that_is_too_late_is_midnight_in_Shanghai() =>
        DueDates.For(Term.Parse("same-day"), Calendar, Core.Shanghai("2026-02-28T10:00"))
            .ShouldBe(new Due(Core.Day("2026-02-28"), new DateTimeOffset(2026, 2, 28, 16, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void The_day_is_Shanghais_not_Greenwichs() => DueOn("same-day", "2026-03-03T00:30").ShouldBe(Core.Day("2026-03-03")); // 16:30 UTC of the 2nd

    [Theory]
    [InlineData("same-day", "2026-12-31T10:00", "2026-12-31")]
    [InlineData("same-day/16:00:00", "2026-12-31T16:00", null)]
    [InlineData("1-working-days", "2026-12-31T10:00", null)]
    [InlineData("7-working-days", "2026-12-28T10:00", null)]
    [InlineData("3-calendar-days", "2026-12-30T10:00", null)]
    [InlineData("same-day", "2027-01-04T10:00", null)]
    [InlineData("3-working-days", "2026-12-28T10:00", "2026-12-31")]
    public void A_date_in_a_year_without_a_calendar_is_pending_never_guessed(string term, string delivered, string? due) =>
        DueOn(term, delivered).ShouldBe(due is null ? null : Core.Day(due));

    static readonly IReadOnlyList<CalendarDay> Table = ShippedData.Calendar().Days;

    static readonly Gen<(DateTimeOffset From, Term Term)> Any =
        from minutes in Gen.Long[0, 3 * 366 * 24 * 60L]
        from kind in Gen.Int[0, 3]
        from count in Gen.Int[1, 60]
        from hour in Gen.Int[0, 23]
        select (Core.Shanghai("2024-01-01T00:00").AddMinutes(minutes), kind switch
        {
            0 => (Term)new Term.SameDay(null),
            1 => new Term.SameDay(new TimeOnly(hour, 0)),
            2 => new Term.WorkingDays(count),
            _ => new Term.CalendarDays(count),
        });

    [Fact]
    public void Every_date_is_what_a_walk_day_by_day_finds() =>
        Any.Sample(x => (DueDates.For(x.Term, Calendar, x.From)?.On).ShouldBe(Walk(x.Term, x.From)), iter: 5_000);

    [Fact]
    public void A_due_day_is_a_working_day_and_its_end_is_after_the_delivery() =>
        Any.Sample(x =>
        {
            if (DueDates.For(x.Term, Calendar, x.From) is not { } due)
                return;
            Calendar.IsWorkingDay(due.On).ShouldBe(true);
            due.At.ShouldBeGreaterThan(x.From);
            due.At.ShouldBe(WireTime.StartOf(due.On.AddDays(1)));
        }, iter: 5_000);

    // The oracle: counts one day after another by the rule's words, on the raw table, with nothing shared with the code under test.
    static DateOnly? Walk(Term term, DateTimeOffset from)
    {
        var local = from.ToOffset(TimeSpan.FromHours(8)); // no summer time in these years
        var day = DateOnly.FromDateTime(local.DateTime);
        var left = term switch { Term.WorkingDays w => w.Count, Term.CalendarDays c => c.Count, Term.SameDay { CutOff: { } cut } when TimeOnly.FromDateTime(local.DateTime) >= cut => 1, _ => 0 };
        while (left > 0)
        {
            day = day.AddDays(1);
            if (term is Term.CalendarDays)
                left--;
            else if (Works(day) is not { } works)
                return null;
            else if (works)
                left--;
        }
        while (true)
        {
            if (Works(day) is not { } works)
                return null;
            if (works)
                return day;
            day = day.AddDays(1);
        }

        bool? Works(DateOnly on)
        {
            if (on.Year is < 2024 or > 2026)
                return null;
            var special = Table.FirstOrDefault(d => d.On == on);
            return special?.Works ?? ((int)on.DayOfWeek is >= 1 and <= 5);
        }
    }

    static DateOnly? DueOn(string term, string delivered) => DueDates.For(Term.Parse(term), Calendar, Core.Shanghai(delivered))?.On;
}
