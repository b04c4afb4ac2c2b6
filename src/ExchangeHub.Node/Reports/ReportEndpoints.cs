using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Node.Reports;

/// <summary>Sends a day's report.</summary>
/// <param name="On">The day, <c>yyyy-MM-dd</c> in Asia/Shanghai; left out: today.</param>
public sealed record SendReport(string? On = null);

/// <summary>HTTP of a county's reports to the hub.</summary>
static class ReportEndpoints
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<DailyReports>();
        services.AddHostedService(p => p.GetRequiredService<DailyReports>());
    }

    public static void MapReports(this IEndpointRouteBuilder api) =>
        api.MapPost("/statistics", async (SendReport request, CallerScope caller, DailyReports reports, Clocks clocks, CancellationToken ct) =>
            {
                var form = new FormCheck();
                var today = WireTime.DayOf(clocks.Now);
                var on = form.Day("/on", request.On) ?? today;
                if (on > today || on < today.AddDays(-Limits.SentAtBehindMax.Days))
                    form.Refuse(RefusalCodes.MemberInvalid, "/on");
                if (form.Errors.Count > 0)
                    return (IResult)Problems.Of(form.Errors);
                var (sent, errors) = await reports.SendAsync(Author.Of(caller).County, on, automatic: false, ct);
                return sent is null ? Problems.Of(errors, StatusCodes.Status503ServiceUnavailable) : TypedResults.Accepted((string?)null, sent);
            })
            .WithTags("Reports").WithSummary("Sends the day's counts to the hub, and whether a clerk was there; each ended day is sent by itself, too.")
            .Produces<SentReport>(StatusCodes.Status202Accepted).ProducesProblem(400).ProducesProblem(503);
}
