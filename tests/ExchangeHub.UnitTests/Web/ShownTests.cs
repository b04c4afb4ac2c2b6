using ExchangeHub.Contracts.Wire;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Components;

namespace ExchangeHub.UnitTests.Web;

/// <summary>How figures, people, places and deadlines are shown.</summary>
public sealed class ShownTests
{
    [Theory]
    [InlineData(352, 352, "100.00")]
    [InlineData(351, 352, "99.72")]
    [InlineData(6420, 7550, "85.03")]
    [InlineData(1265, 1509, "83.83")]
    [InlineData(99_999, 100_000, "99.99")]
    [InlineData(1, 800, "0.13")]
    [InlineData(0, 0, "—")]
    [InlineData(0, 5, "0.00")]
    public void A_rate_has_two_decimals_half_up_and_is_whole_only_when_all_are_in(long numerator, long denominator, string shown) =>
        Percent.Of(numerator, denominator).ShouldBe(shown);

    [Theory]
    [InlineData("刘德柱", "刘**")]
    [InlineData("王芳", "王*")]
    [InlineData("欧阳明", "欧阳*")]
    [InlineData("欧阳", "欧*")]
    [InlineData("", "")]
    public void Of_a_name_the_surname_is_shown(string name, string shown) => Mask.Name(name).ShouldBe(shown);

    [Theory]
    [InlineData("420581199001010634", "420581********0634")]
    [InlineData("SF20240001", "SF******01")]
    [InlineData("12345", "*****")]
    public void Of_a_number_beginning_and_end_are_shown(string number, string shown) => Mask.Number(number).ShouldBe(shown);

    [Theory]
    [InlineData("421087", "420581", "荆州", "松滋市")]
    [InlineData("330110", "420581", "浙江杭州", "余杭区")]
    [InlineData("310115", "420581", "上海", "浦东新区")]
    [InlineData("429004", "420581", "", "仙桃市")]
    [InlineData("422823", "420581", "恩施", "巴东县")]
    [InlineData("999999", "420581", "", "999999")]
    public void A_place_is_named_as_a_colleague_says_it(string code, string home, string above, string own) =>
        PlaceNames.BuiltIn.Short(code, home).ShouldBe((above, own));

    [Fact]
    public void A_county_is_found_by_its_code_by_a_part_of_its_name_and_by_its_prefecture()
    {
        PlaceNames.BuiltIn.Search("330110").ShouldHaveSingleItem().Name.ShouldBe("余杭区");
        PlaceNames.BuiltIn.Search("余杭").ShouldHaveSingleItem().Code.ShouldBe("330110");
        PlaceNames.BuiltIn.Search("宜昌").Select(c => c.Code).ShouldContain("420581");
        PlaceNames.BuiltIn.Search("没有这里").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-03-03T00:00", null, DeadlineState.Overdue)]
    [InlineData("2026-03-05T00:00", null, DeadlineState.Today)]
    [InlineData("2026-03-06T00:00", null, DeadlineState.NextWorkingDay)]
    [InlineData("2026-03-10T00:00", null, DeadlineState.Later)]
    [InlineData("2026-03-03T00:00", "2026-03-02T23:59", DeadlineState.Answered)]
    [InlineData("2026-03-03T00:00", "2026-03-03T00:00", DeadlineState.AnsweredLate)]
    [InlineData(null, null, DeadlineState.Pending)]
    public void A_deadline_speaks_by_its_state(string? dueAt, string? answeredAt, DeadlineState state) =>
        Deadline.Of(Shanghai("2026-03-04T14:18")!.Value, null, Shanghai(dueAt), Shanghai(answeredAt), new DateOnly(2026, 3, 5)).State.ShouldBe(state);

    [Fact]
    public void Over_a_holiday_the_first_day_after_it_is_the_next_working_day()
    {
        State("2026-02-25T00:00", new DateOnly(2026, 2, 24)).ShouldBe(DeadlineState.NextWorkingDay);
        State("2026-02-26T00:00", new DateOnly(2026, 2, 24)).ShouldBe(DeadlineState.Later);
        State("2026-02-25T00:00", null).ShouldBe(DeadlineState.Later);

        static DeadlineState State(string dueAt, DateOnly? next) => Deadline.Of(Shanghai("2026-02-14T10:00")!.Value, null, Shanghai(dueAt), null, next).State;
    }

    [Fact]
    public void A_deadline_at_midnight_is_24_00_of_the_day_before() => Show.Until(Shanghai("2026-03-05T00:00")!.Value).ShouldBe("03-04 24:00");

    [Fact]
    public void A_caller_covers_the_own_county_or_province_and_only_operators_and_auditors_everything()
    {
        new CallerScope("a", "a", Roles.Clerk, "420581", null).Covers("420581").ShouldBeTrue();
        new CallerScope("a", "a", Roles.Operator, "420581", null).Covers("330110").ShouldBeFalse();
        new CallerScope("a", "a", Roles.Monitor, null, "420000").Covers("420581").ShouldBeTrue();
        new CallerScope("a", "a", Roles.Monitor, null, "420000").Covers("330110").ShouldBeFalse();
        new CallerScope("a", "a", Roles.Monitor, null, null).Covers("420581").ShouldBeFalse();
        new CallerScope("a", "a", Roles.Auditor, null, null).Covers("420581").ShouldBeTrue();
        CallerScope.Nobody.Covers("420581").ShouldBeFalse();
    }

    static DateTimeOffset? Shanghai(string? local) =>
        local is null ? null : WireTime.At(DateOnly.ParseExact(local[..10], "yyyy-MM-dd"), TimeOnly.ParseExact(local[11..], "HH:mm"));
}
