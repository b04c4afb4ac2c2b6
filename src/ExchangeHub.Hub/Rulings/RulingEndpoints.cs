using ExchangeHub.Contracts;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Hub.Rulings;

/// <summary>What a reviewer rules.</summary>
/// <param name="Outcome">One of <see cref="RulingOutcomes"/>.</param>
public sealed record RulingRequest(string? Outcome);

/// <summary>Rulings for reviewers of the province whose county owes the answer.</summary>
static class RulingEndpoints
{
    public static void MapRulings(this IEndpointRouteBuilder api) =>
        api.MapPost("/exchanges/{id:guid}/ruling", async Task<Results<NoContent, ProblemHttpResult>> (Guid id, RulingRequest request, CallerScope caller, RulingDesk desk,
                CancellationToken ct) => await desk.RuleAsync(id, request.Outcome, caller, ct) switch
                {
                    null => TypedResults.NoContent(),
                    { Code: RefusalCodes.ExchangeUnknown } => Problems.NotFound(),
                    { Code: RefusalCodes.PhaseNotAllowed } refusal => Problems.Of([refusal], StatusCodes.Status409Conflict),
                    var refusal => Problems.Of([refusal]),
                })
            .RequireAuthorization(Policies.Rule).WithTags("Exchanges").WithSummary("Rules on a reply that was maintained against a dispute, once.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
}
