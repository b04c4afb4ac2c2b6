using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Rates;
using ExchangeHub.UnitTests.Exchanges;

namespace ExchangeHub.UnitTests.Rates;

public sealed class RateFilterTests
{
    static readonly DateTimeOffset Now = Core.Shanghai("2026-03-02T08:00");

    [Theory]
    [InlineData("2026-2", null, null, null, null, null, "NotAMonth", "month")]
    [InlineData("2026-13", null, null, null, null, null, "NotAMonth", "month")]
    [InlineData("February", null, null, null, null, null, "NotAMonth", "month")]
    [InlineData(null, "yesterday", null, null, null, null, "NotATime", "asOf")]
    [InlineData(null, "2026-03-01T08:00:00", null, null, null, null, "NotATime", "asOf")] // no zone
    [InlineData(null, "2026-03-02T00:00:00.000001Z", null, null, null, null, "InFuture", "asOf")]
    [InlineData(null, null, "Everywhere", null, null, null, "CodeUnknown", "scope")]
    [InlineData(null, null, "WithinCity,3", null, null, null, "CodeUnknown", "scope")]
    [InlineData(null, null, null, "acknowledgement", null, null, "CodeUnknown", "kind")]
    [InlineData(null, null, null, null, "Curiosity", null, "CodeUnknown", "reason")]
    [InlineData(null, null, null, null, null, "33010", "CodeUnknown", "county")]
    public void What_cannot_be_asked_names_its_code_and_field(string? month, string? asOf, string? scope, string? kind, string? reason, string? county, string code, string field)
    {
        RateFilter.Read(month, asOf, scope, kind, reason, county, Now, out var refusals).ShouldBeNull();
        refusals.ShouldBe([new(code, field)]);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        RateFilter.Read("x", "y", "z", "a", "b", "c", Now, out var refusals).ShouldBeNull();
        refusals.Select(r => r.Field).ShouldBe(["asOf", "month", "scope", "kind", "reason", "county"]);
    }

    [Fact]
    public void A_month_is_its_local_days_and_without_one_it_is_the_month_of_T()
    {
        var filter = Read(month: "2026-02");
        (filter.Period.First, filter.Period.Last).ShouldBe((Core.Day("2026-02-01"), Core.Day("2026-02-28")));
        (filter.Period.From, filter.Period.Until).ShouldBe((Core.Shanghai("2026-02-01T00:00"), Core.Shanghai("2026-03-01T00:00")));
        Read().Period.Month.ShouldBe("2026-03");
        Read(asOf: "2026-02-28T15:59:59.999999Z").Period.Month.ShouldBe("2026-02");
        Read(asOf: "2026-02-28T16:00:00Z").Period.Month.ShouldBe("2026-03"); // midnight in Shanghai
    }

    [Fact]
    public void Each_cut_is_read()
    {
        var filter = RateFilter.Read("2026-02", "2026-03-01T00:00:00+08:00", "WithinCity,WithinProvince", Kinds.CertificateVerificationRequest, "none", "330109", Now, out var refusals);
        refusals.ShouldBeEmpty();
        filter!.AsOf.ShouldBe(Core.Shanghai("2026-03-01T00:00"));
        filter.Scopes.ShouldBe([Scope.WithinCity, Scope.WithinProvince]);
        (filter.Kind, filter.Reason, filter.County).ShouldBe((Kinds.CertificateVerificationRequest, RateFilter.NoReason, "330109"));
    }

    static RateFilter Read(string? month = null, string? asOf = null) => RateFilter.Read(month, asOf, null, null, null, null, Now, out _).ShouldNotBeNull();
}
