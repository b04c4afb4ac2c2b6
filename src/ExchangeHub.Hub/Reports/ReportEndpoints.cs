using System.Globalization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Hub.Reports;

/// <summary>What counties report of their days, for those who see their figures.</summary>
static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder api) =>
        api.MapGet("/reports/{county}", async Task<Results<Ok<IReadOnlyList<ReportRow>>, ProblemHttpResult>> (string county, string? month, CallerScope caller, ReportTable reports,
                CancellationToken ct) => !DateOnly.TryParseExact($"{month}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
                ? Problems.Field(month is null ? RefusalCodes.MemberMissing : RefusalCodes.MemberInvalid, "month")
                : !Party.IsCounty(county) || !caller.Covers(county) ? Problems.NotFound()
                : TypedResults.Ok(await reports.ListAsync(county, first, first.AddMonths(1).AddDays(-1), caller, ct)))
            .RequireAuthorization(Policies.Figures).WithTags("Reports").WithSummary("What a county reported of the days of a month, 2026-02.").ProducesProblem(400).ProducesProblem(404);
}
