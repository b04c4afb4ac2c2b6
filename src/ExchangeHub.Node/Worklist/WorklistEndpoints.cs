using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Node.Worklist;

/// <summary>HTTP of the worklist and of what is on its way.</summary>
static class WorklistEndpoints
{
    public static void MapWorklist(this IEndpointRouteBuilder api)
    {
        var lists = api.MapGroup("").WithTags("Worklist");
        lists.MapGet("/worklist", async (string? due, string? after, int? limit, CallerScope caller, WorklistQueries queries, CancellationToken ct) =>
                !TryGroup(due, out var group) ? (IResult)Problems.Field(RefusalCodes.MemberInvalid, "due")
                : TypedResults.Ok(await queries.ListAsync(Author.Of(caller).County, group, after, limit ?? 50, ct)))
            .WithSummary("What the county owes: due = overdue, today, later, pending; none for all. Own questions: awaited, ended.")
            .Produces<WorklistPage>().ProducesProblem(400);
        lists.MapGet("/worklist/counts", async (CallerScope caller, WorklistQueries queries, CancellationToken ct) =>
                TypedResults.Ok(await queries.CountsAsync(Author.Of(caller).County, ct)))
            .WithSummary("How much lies in each group.");
        lists.MapGet("/worklist/new", async (long marker, CallerScope caller, WorklistQueries queries, CancellationToken ct) =>
                TypedResults.Ok(new NewWork(await queries.NewSinceAsync(Author.Of(caller).County, marker, ct))))
            .WithSummary("How much came in since a marker that the counts gave out.");
        lists.MapGet("/outgoing", async (bool? waiting, string? after, int? limit, CallerScope caller, OutgoingQueries queries, CancellationToken ct) =>
                TypedResults.Ok(await queries.ListAsync(Author.Of(caller).County, waiting ?? false, after, limit ?? 50, ct)))
            .WithSummary("Own messages, newest first, and what became of them.");
    }

    /// <summary>Body of <c>GET /worklist/new</c>.</summary>
    public sealed record NewWork(int Count);

    static bool TryGroup(string? due, out WorklistGroup group)
    {
        group = WorklistGroup.All;
        return string.IsNullOrEmpty(due) || (due.All(char.IsAsciiLetter) && Enum.TryParse(due, ignoreCase: true, out group));
    }
}
