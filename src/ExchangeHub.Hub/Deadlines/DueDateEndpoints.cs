using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>A forecast for the county that is about to ask: when the answer would be due. Policy and calendar are no secret.</summary>
public static class DueDateEndpoints
{
    public static void MapDueDates(this IEndpointRouteBuilder api) =>
        api.MapGet("/due-dates", GetAsync).WithTags("Deadlines")
            .WithSummary("When an opening message accepted now would be due. A forecast: the statement of the message decides.")
            .Produces<DueDatesView>().ProducesProblem(400);

    static async Task<IResult> GetAsync(string? from, string? to, string? kind, string? urgency, RulesWatch watch, Clocks clocks, CancellationToken ct)
    {
        await watch.RefreshAsync(ct);
        var rules = watch.Current;
        var refused = new List<Refusal>();
        if (from is null || !rules.Divisions.TakesPart(from))
            refused.Add(new("CodeUnknown", "from"));
        if (to is null || to == from || !rules.Divisions.TakesPart(to))
            refused.Add(new("CodeUnknown", "to"));
        if (kind is null || !Kinds.Submitted.TryGetValue(kind, out var rule) || !rule.Opens)
            refused.Add(new("CodeUnknown", "kind"));
        if (!string.IsNullOrEmpty(urgency) && !Codes.Urgencies.Contains(urgency))
            refused.Add(new("CodeUnknown", "urgency"));
        if (refused.Count > 0)
            return Problems.Of(refused);

        var scope = rules.Divisions.ScopeOf(from!, to!);
        var urgent = !string.IsNullOrEmpty(urgency);
        var acknowledgement = rules.DueFor(to!, kind!, scope, urgent, Duties.Acknowledgement, clocks.Now);
        var feedback = rules.DueFor(to!, kind!, scope, urgent, Duties.Feedback, clocks.Now);
        return Results.Json(new DueDatesView(scope.ToString(), Day(acknowledgement), Instant(acknowledgement), Day(feedback), Instant(feedback)), ContractsJson.Compact.DueDatesView);
    }

    static string? Day(Due? due) => due is null ? null : WireTime.Format(due.On);

    static string? Instant(Due? due) => due is null ? null : WireTime.Format(due.At);
}
