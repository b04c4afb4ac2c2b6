using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.UnitTests.Exchanges;

namespace ExchangeHub.UnitTests.Deadlines;

public sealed class PolicyTests
{
    const string Request = Kinds.CertificateVerificationRequest;

    [Theory]
    [InlineData(Scope.WithinCounty, false, "same-day/16:00:00")]
    [InlineData(Scope.WithinCity, false, "same-day/16:00:00")]
    [InlineData(Scope.WithinProvince, false, "same-day/16:00:00")]
    [InlineData(Scope.BetweenProvinces, false, "7-working-days")]
    [InlineData(Scope.WithinCity, true, "same-day")]
    [InlineData(Scope.WithinProvince, true, "same-day")]
    [InlineData(Scope.BetweenProvinces, true, "1-working-days")]
    public void What_ships(Scope scope, bool urgent, string feedback)
    {
        var policy = Core.Rules.PolicyFor("330000", Request, scope, urgent, Core.Day("2026-03-02"));
        policy.Feedback.ToString().ShouldBe(feedback);
        policy.Acknowledgement.ToString().ShouldBe("1-working-days");
    }

    [Fact]
    public void A_provinces_own_policy_holds_for_its_counties_from_its_day_and_leaves_urgent_requests_alone()
    {
        var own = new DeadlinePolicy("330000", Request, Scope.BetweenProvinces, false, Core.Day("2026-03-01"), Core.Day("2026-06-01"), Term.Parse("2-working-days"), Term.Parse("15-working-days"));
        var rules = With([], [own]);

        Days(rules, "330000", "2026-02-28").ShouldBe("7-working-days");
        Days(rules, "330000", "2026-03-01").ShouldBe("15-working-days");
        Days(rules, "330000", "2026-05-31").ShouldBe("15-working-days");
        Days(rules, "330000", "2026-06-01").ShouldBe("7-working-days");
        Days(rules, "340000", "2026-03-01").ShouldBe("7-working-days");
        Days(rules, "330000", "2026-03-01", urgent: true).ShouldBe("1-working-days");
    }

    [Fact]
    public void The_later_of_two_policies_for_the_same_thing_holds()
    {
        var first = new DeadlinePolicy("330000", null, null, false, Core.Day("2026-01-01"), null, Term.Parse("1-working-days"), Term.Parse("5-working-days"));
        Days(With([], [first, first with { EffectiveFrom = Core.Day("2026-02-01"), Feedback = Term.Parse("4-working-days") }]), "330000", "2026-03-01").ShouldBe("4-working-days");
        Days(With([], [first, first with { Feedback = Term.Parse("3-working-days") }]), "330000", "2026-03-01").ShouldBe("3-working-days");
    }

    [Fact]
    public void The_calendar_and_policy_are_those_of_the_province_that_owes()
    {
        var rules = With([new CalendarDay(Core.Day("2026-03-03"), Works: false, "三月三")], []);
        var at = Core.Shanghai("2026-03-02T10:00");
        rules.DueFor("340221", "450102", Request, Scope.BetweenProvinces, true, Duties.Feedback, at)!.On.ShouldBe(Core.Day("2026-03-04"));
        rules.DueFor("340221", "330109", Request, Scope.BetweenProvinces, true, Duties.Feedback, at)!.On.ShouldBe(Core.Day("2026-03-03"));
        rules.DueFor("340221", "450102", Request, Scope.BetweenProvinces, true, Duties.Acknowledgement, at)!.On.ShouldBe(Core.Day("2026-03-04"));
    }

    [Theory]
    [InlineData("same-day"), InlineData("same-day/16:00:00"), InlineData("7-working-days"), InlineData("15-calendar-days")]
    public void A_term_is_written_as_it_is_read(string text) => Term.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData(null), InlineData(""), InlineData("same-day/25:00:00"), InlineData("same-day/"), InlineData("0-working-days"), InlineData("367-working-days"),
     InlineData("-1-working-days"), InlineData("7-days"), InlineData("seven-working-days"), InlineData("+7-working-days")]
    public void What_is_no_term_is_not_read(string? text) => Term.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(",,Everywhere,,2026-01-01,,same-day,same-day")]
    [InlineData(",,1,,2026-01-01,,same-day,same-day")]
    [InlineData(",,,soon,2026-01-01,,same-day,same-day")]
    [InlineData(",,,,2026-13-01,,same-day,same-day")]
    [InlineData(",,,,2026-01-01,never,same-day,same-day")]
    [InlineData(",,,,2026-01-01,,tomorrow,same-day")]
    [InlineData(",,,,2026-01-01,,same-day,")]
    public void A_bad_policy_says_its_line(string row) =>
        Should.Throw<FormatException>(() => DeadlinePolicy.ReadCsv(new StringReader("province,kind,scope,urgency,effectiveFrom,effectiveUntil,acknowledgement,feedback\n" + row + "\n")))
            .Message.ShouldContain("line 2");

    [Theory]
    [InlineData("date,kind,occasion\n2027-01-01,holiday,元旦\n2027-01-32,holidays,元旦\n", "line 3: date, kind")]
    [InlineData("date,kind,occasion\n2027-01-01,rest,元旦\n2027-02-30,holiday,\n", "line 2: kind; line 3: date")]
    [InlineData("date,kind,occasion\n2027-01-01,holiday,元旦\n2027-01-01,workday,元旦\n", "line 3: date")]
    [InlineData("day,kind,occasion\n2027-01-01,holiday,元旦\n", "date")]
    public void A_bad_calendar_says_its_line(string csv, string where) =>
        Should.Throw<FormatException>(() => WorkingCalendar.ReadCsv(new StringReader(csv))).Message.ShouldContain(where);

    [Fact]
    public void A_file_holds_the_year_whose_New_Years_Day_it_names_and_maybe_days_of_a_neighbour()
    {
        var (years, days) = WorkingCalendar.ReadCsv(new StringReader("date,kind,occasion\n2026-12-31,holiday,元旦\n2027-01-01,holiday,元旦\n2027-01-03,workday,元旦\n"));
        years.ShouldBe([2027]);
        days.Count.ShouldBe(3);
        ShippedData.Calendar().Years.ShouldBe([2024, 2025, 2026]);
    }

    static string Days(DeadlineRules rules, string province, string on, bool urgent = false) =>
        rules.PolicyFor(province, Request, Scope.BetweenProvinces, urgent, Core.Day(on)).Feedback.ToString();

    static DeadlineRules With(IReadOnlyCollection<CalendarDay> guangxi, IReadOnlyCollection<DeadlinePolicy> more)
    {
        var (years, days) = ShippedData.Calendar();
        return new DeadlineRules(Core.Rules.Divisions, [.. years], [.. days],
            new Dictionary<string, IReadOnlyCollection<CalendarDay>> { ["450000"] = guangxi }, [.. ShippedData.Policies(), .. more]);
    }
}
