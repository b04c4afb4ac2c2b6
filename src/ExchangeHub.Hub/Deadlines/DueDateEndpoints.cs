using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>For counties: when an answer would be due, and which days are working days. By a node's token, as all a county's calls.</summary>
public static class DueDateEndpoints
{
    /// <summary>Four weeks and a long holiday: a node that cannot reach the hub for that long still knows its next working day.</summary>
    const int WorkingDays = 25;

    public static void MapDueDates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/due-dates", GetAsync).RequireAuthorization(NodeAuthentication.Policy).WithTags("Deadlines")
            .WithSummary("When an opening message accepted now would be due. A forecast: the statement of the message decides.")
            .Produces<DueDatesView>().ProducesProblem(400).ProducesProblem(401);
        api.MapGet("/working-days", GetWorkingDaysAsync).RequireAuthorization(NodeAuthentication.Policy).WithTags("Deadlines")
            .WithSummary("The working days that follow today, by the calendar of the county's province.")
            .Produces<WorkingDaysView>().ProducesProblem(400).ProducesProblem(401);
    }

    static async Task<IResult> GetWorkingDaysAsync(string? county, RulesWatch watch, Clocks clocks, CancellationToken ct)
    {
        await watch.RefreshAsync(ct);
        if (county is null || !watch.Current.Divisions.TakesPart(county))
            return Problems.Field("CodeUnknown", "county");
        var today = WireTime.DayOf(clocks.Now);
        return Results.Json(new WorkingDaysView(WireTime.Format(today), [.. watch.Current.WorkingDaysAfter(county, today, WorkingDays).Select(WireTime.Format)]),
            ContractsJson.Compact.WorkingDaysView);
    }

    static async Task<IResult> GetAsync(string? from, string? to, string? kind, string? urgency, RulesWatch watch, Clocks clocks, CancellationToken ct)
    {
        await watch.RefreshAsync(ct);
        var rules = watch.Current;
        var refused = new List<Refusal>();
        var today = WireTime.DayOf(clocks.Now);
        if (from is null || !rules.Divisions.IsActive(from, today))
            refused.Add(new("CodeUnknown", "from"));
        if (to is null || to == from || !rules.Divisions.IsActive(to, today))
            refused.Add(new("CodeUnknown", "to"));
        if (kind is null || !Kinds.Submitted.TryGetValue(kind, out var rule) || !rule.Opens)
            refused.Add(new("CodeUnknown", "kind"));
        if (!string.IsNullOrEmpty(urgency) && !Codes.Urgencies.Contains(urgency))
            refused.Add(new("CodeUnknown", "urgency"));
        if (refused.Count > 0)
            return Problems.Of(refused);

        var scope = rules.Divisions.ScopeOf(from!, to!);
        var urgent = !string.IsNullOrEmpty(urgency);
        var acknowledgement = rules.DueFor(from!, to!, kind!, scope, urgent, Duties.Acknowledgement, clocks.Now);
        var feedback = rules.DueFor(from!, to!, kind!, scope, urgent, Duties.Feedback, clocks.Now);
        return Results.Json(new DueDatesView(scope.ToString(), Day(acknowledgement), Instant(acknowledgement), Day(feedback), Instant(feedback)), ContractsJson.Compact.DueDatesView);
    }

    static string? Day(Due? due) => due is null ? null : WireTime.Format(due.On);

    static string? Instant(Due? due) => due is null ? null : WireTime.Format(due.At);
}
