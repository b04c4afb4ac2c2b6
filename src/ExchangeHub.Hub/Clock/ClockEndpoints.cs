using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Npgsql;

namespace ExchangeHub.Hub.Clock;

/// <summary>The hub's business clock, told to everybody; moved forward by an operator of a demonstration.</summary>
static class ClockEndpoints
{
    public static void MapClock(this IEndpointRouteBuilder api, bool demo)
    {
        var group = api.MapGroup("").WithTags("Clock");
        group.MapGet("/time", (Clocks clocks) => Results.Json(new HubTime(WireTime.Format(clocks.Now)), ContractsJson.Compact.HubTime))
            .WithSummary("The hub's business clock, UTC. A demonstration clock may differ from yours.").Produces<HubTime>();
        if (demo)
            group.MapPut("/time", JumpAsync).RequireAuthorization(Policies.Operate)
                .WithSummary("Moves a demonstration's clock forward; never back.").Accepts<HubTime>("application/json").Produces(204).ProducesProblem(400).ProducesProblem(409);
    }

    static async Task<IResult> JumpAsync(HttpRequest request, DemoClock clock, NpgsqlDataSource database, DurableWrite durable, CancellationToken ct)
    {
        if (await Bodies.ReadAsync(request, ContractsJson.Default.HubTime, ct) is not { } to || !WireTime.TryParse(to.Now, out var at))
            return Problems.Field(RefusalCodes.MemberInvalid, "/now");
        return await clock.JumpAsync(database, durable, at, ct) ? Results.NoContent() : Problems.Field("ClockNeverGoesBack", "/now", StatusCodes.Status409Conflict);
    }
}
