using ExchangeHub.Client.Members;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Npgsql;

namespace ExchangeHub.Node;

/// <summary>Whether the node lives, can work, and reaches the hub. A hub or broker that is away stops no work: it shows, and what was written waits.</summary>
static class NodeHealth
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => TypedResults.Text("live")).ExcludeFromDescription();
        routes.MapGet("/healthz/ready", async (NpgsqlDataSource source, CancellationToken ct) =>
        {
            try
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(ct);
                return Results.Text("ready");
            }
            catch (NpgsqlException)
            {
                return Results.Text("the database does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        }).ExcludeFromDescription();
    }

    /// <summary>Maps <c>GET /connection</c>.</summary>
    public static void MapConnection(this IEndpointRouteBuilder api) =>
        api.MapGet("/connection", async (CallerScope caller, HostedCounties counties, CancellationToken ct) =>
                counties.Find(Author.Of(caller).County) is { } county
                    ? TypedResults.Ok(await county.Member.StateAsync(ct))
                    : (IResult)Problems.Field(NodeCodes.CountyNotHosted, "", StatusCodes.Status503ServiceUnavailable))
            .WithTags("Worklist").WithSummary("Whether broker and hub are reached, and what waits for them.").Produces<MemberState>().ProducesProblem(503);
}
