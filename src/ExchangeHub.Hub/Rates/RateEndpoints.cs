using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExchangeHub.Hub.Rates;

/// <summary>Texts of a query for figures.</summary>
/// <param name="Month"><c>2026-02</c>, local; absent: the month of T.</param>
/// <param name="AsOf">T with its offset, <c>2026-03-01T00:00:00Z</c>; absent: now.</param>
/// <param name="Scope"><c>WithinCounty</c>, <c>WithinCity</c>, <c>WithinProvince</c>, <c>BetweenProvinces</c>; several by comma.</param>
/// <param name="Kind">An opening kind.</param>
/// <param name="Reason">A request's reason code, or <c>none</c>.</param>
/// <param name="County">Six digits: the county the figures speak of.</param>
/// <param name="Months">1 to 36: the period is so many months and ends with <paramref name="Month"/>; what is overdue and open then counts in the
/// month it was due in. Absent: one month, and all that is overdue and open; in a table by month: twelve.</param>
public sealed record RateQueryTexts(
    [FromQuery(Name = "month")] string? Month,
    [FromQuery(Name = "asOf")] string? AsOf,
    [FromQuery(Name = "scope")] string? Scope,
    [FromQuery(Name = "kind")] string? Kind,
    [FromQuery(Name = "reason")] string? Reason,
    [FromQuery(Name = "county")] string? County,
    [FromQuery(Name = "months")] string? Months);

/// <summary>Figures, the lists behind them, and one exchange with its timeline, for people at the hub.</summary>
public static class RateEndpoints
{
    public static IServiceCollection AddRates(this IServiceCollection services)
    {
        services.TryAddSingleton<DurableWrite>();
        return services.AddSingleton<AnswerableTime>().AddSingleton<RateQueries>().AddSingleton<ExchangeQueries>();
    }

    /// <param name="api">The group of the interface's version.</param>
    public static void MapRates(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").RequireAuthorization(Policies.Figures);
        group.MapGet("/rates", GetTable).WithTags("Rates").WithSummary("Every indicator by county, scope, kind, reason or month, as of now or any T.").ProducesProblem(400).ProducesProblem(404);
        group.MapGet("/rates/indicators", () => TypedResults.Ok(Indicators.All)).WithTags("Rates").WithSummary("The definitions in effect.");
        group.MapGet("/rates/list", GetList).WithTags("Rates").WithSummary("The obligations behind one figure.").ProducesProblem(400).ProducesProblem(404);
        group.MapGet("/exchanges/{id}", GetExchange).WithTags("Exchanges").WithSummary("One exchange with its obligations and its timeline.").ProducesProblem(404);
    }

    static async Task<Results<Ok<RateTable>, ProblemHttpResult>> GetTable([AsParameters] RateQueryTexts texts, [FromQuery] string? by, RateQueries rates, Clocks clocks,
        CallerScope caller, CancellationToken ct)
    {
        var refused = new List<Refusal>();
        var cut = ReadCode(by, RateCut.County, "by", refused);
        var filter = Read(cut is RateCut.Month && string.IsNullOrEmpty(texts.Months) ? texts with { Months = RateFilter.MonthsShown } : texts, clocks, refused);
        if (filter is null || refused.Count > 0)
            return Problems.Of(refused);
        return filter.County is { } county && !caller.Covers(county) ? Problems.NotFound() : TypedResults.Ok(await rates.TableAsync(filter, cut, caller, ct));
    }

    static async Task<Results<Ok<RateList>, ProblemHttpResult>> GetList([AsParameters] RateQueryTexts texts, [FromQuery] string? indicator, [FromQuery] string? part,
        [FromQuery] string? after, [FromQuery] string? limit, RateQueries rates, Clocks clocks, CallerScope caller, CancellationToken ct)
    {
        var refused = new List<Refusal>();
        var figure = Indicators.Find(indicator);
        if (figure is null)
            refused.Add(new(string.IsNullOrEmpty(indicator) ? RefusalCodes.MemberMissing : "CodeUnknown", "indicator"));
        var which = ReadCode(part, ListPart.Denominator, "part", refused);
        if (!ListPlace.TryReadLimit(limit, standard: 100, RateQueries.ListItemsMax, out var most))
            refused.Add(new(RefusalCodes.MemberInvalid, "limit"));
        var filter = Read(texts, clocks, refused);
        if (figure is null || filter is null || refused.Count > 0)
            return Problems.Of(refused);
        if (filter.County is { } county && !caller.Covers(county))
            return Problems.NotFound();
        return await rates.ListAsync(figure, which, filter, caller, string.IsNullOrEmpty(after) ? null : after, most, ct) is { } list
            ? TypedResults.Ok(list)
            : Problems.Field(RefusalCodes.MemberInvalid, "after");
    }

    // An id that is no UUID is an exchange that is not there: one answer for everything a caller may not see.
    static async Task<Results<Ok<ExchangeView>, ProblemHttpResult>> GetExchange(string id, ExchangeQueries exchanges, CallerScope caller, CancellationToken ct) =>
        Guid.TryParse(id, out var exchange) && await exchanges.FindAsync(exchange, caller, ct) is { } found ? TypedResults.Ok(found) : Problems.NotFound();

    static RateFilter? Read(RateQueryTexts texts, Clocks clocks, List<Refusal> refused)
    {
        var filter = RateFilter.Read(texts.Month, texts.AsOf, texts.Scope, texts.Kind, texts.Reason, texts.County, clocks.Now, out var found, texts.Months);
        refused.AddRange(found);
        return filter;
    }

    static T ReadCode<T>(string? text, T absent, string field, List<Refusal> refused) where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
            return absent;
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return value;
        refused.Add(new("CodeUnknown", field));
        return absent;
    }
}
