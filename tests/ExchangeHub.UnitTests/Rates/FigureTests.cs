using ExchangeHub.Hub.Rates;

namespace ExchangeHub.UnitTests.Rates;

public sealed class FigureTests
{
    [Theory]
    [InlineData(352, 352, "100.00")]
    [InlineData(351, 352, "99.72")]
    [InlineData(6420, 7550, "85.03")]
    [InlineData(1265, 1509, "83.83")]
    [InlineData(0, 0, "—")]
    [InlineData(0, 7, "0.00")]
    [InlineData(1, 800, "0.13")] // 0.125, half up
    [InlineData(9_999_999, 10_000_000, "99.99")] // never 100.00 with one missing
    [InlineData(1, 10_000_000, "0.00")]
    public void A_rate_as_people_read_it(long numerator, long denominator, string text) =>
        new Figure("timeliness_rate", 1, numerator, denominator).Text.ShouldBe(text);

    [Fact]
    public void A_count_is_written_as_it_is() => new Figure("overdue_open", 1, 12, null).Text.ShouldBe("12");

    [Fact]
    public void Every_indicator_has_an_id_of_its_own_a_version_and_a_day_from_which_it_holds()
    {
        Indicators.All.Select(i => i.Id).ShouldBe(["feedback_rate", "due_feedback_rate", "timeliness_rate", "receipt_rate", "overdue_open", "sent", "received"]);
        Indicators.All.ShouldAllBe(i => i.Version >= 1 && i.EffectiveFrom < new DateOnly(2026, 1, 1));
    }
}
