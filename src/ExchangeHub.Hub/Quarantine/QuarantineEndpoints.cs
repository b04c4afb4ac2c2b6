using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Hub.Quarantine;

/// <summary>Quarantine for operators.</summary>
static class QuarantineEndpoints
{
    const int RowsMax = 500;

    public static void MapQuarantine(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/quarantine").WithTags("Quarantine").RequireAuthorization(Policies.Operate);
        group.MapGet("", async (string? reason, bool? replayable, Guid? after, QuarantineDesk desk, CancellationToken ct) =>
                TypedResults.Ok(await desk.ListAsync(RowsMax, reason, replayable ?? false, after, ct)))
            .WithSummary("What could not be judged, newest first, at most 500, of one cause or all; never a body. replayable=true: only what a replay can still judge, oldest first. after: the last id of the page before.");
        group.MapGet("/causes", async (QuarantineDesk desk, CancellationToken ct) => TypedResults.Ok(await desk.CausesAsync(ct)))
            .WithSummary("How much lies there for which cause.");
        group.MapGet("/{id:guid}", async (Guid id, QuarantineDesk desk, CancellationToken ct) =>
                await desk.FindAsync(id, ct) is { } found ? TypedResults.Ok(found) : (IResult)Problems.Field("QuarantinedUnknown", "id", StatusCodes.Status404NotFound))
            .WithSummary("One of them; never its body.").Produces<Quarantined>().ProducesProblem(404);
        group.MapPost("/{id:guid}/replay", async (Guid id, QuarantineDesk desk, CancellationToken ct) =>
                await desk.ReplayAsync(id, ct) is { } verdict
                    ? TypedResults.Ok(new Replayed(id, verdict))
                    : (IResult)Problems.Field("NothingToReplay", "id", StatusCodes.Status409Conflict))
            .WithSummary("Judges the same bytes again; the sender gets the final receipt.").Produces<Replayed>().ProducesProblem(409);
    }

    /// <summary>What a replay brought.</summary>
    public sealed record Replayed(Guid Id, string Verdict);
}
