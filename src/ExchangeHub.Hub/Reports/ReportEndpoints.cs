using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Hub.Reports;

/// <summary>What counties report of their days, for those who see their figures.</summary>
static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder api) =>
        api.MapGet("/reports/{county}", async Task<Results<Ok<IReadOnlyList<ReportRow>>, ProblemHttpResult>> (string county, string? month, CallerScope caller, ReportTable reports,
                CancellationToken ct) => !Period.TryParseMonth(month, out var period)
                ? Problems.Field(month is null ? RefusalCodes.MemberMissing : "NotAMonth", "month")
                : !Party.IsCounty(county) || !caller.Covers(county) ? Problems.NotFound()
                : TypedResults.Ok(await reports.ListAsync(county, period.First, period.Last, caller, ct)))
            .RequireAuthorization(Policies.Figures).WithTags("Reports").WithSummary("What a county reported of the days of a month, 2026-02.").ProducesProblem(400).ProducesProblem(404);
}
