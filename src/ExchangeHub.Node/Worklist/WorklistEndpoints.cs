using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ExchangeHub.Node.Worklist;

/// <summary>HTTP of the worklist and of what is on its way.</summary>
static class WorklistEndpoints
{
    public static void MapWorklist(this IEndpointRouteBuilder api)
    {
        var lists = api.MapGroup("").WithTags("Worklist");
        lists.MapGet("/worklist", async (string? due, string? after, int? limit, CallerScope caller, WorklistQueries queries, CancellationToken ct) =>
                !TryGroup(due, out var group) ? Problems.Field(RefusalCodes.MemberInvalid, "due")
                : WrongPage(limit, WorklistQueries.PageMax, after, WorklistQueries.GaveOut) is { } wrong ? (IResult)wrong
                : TypedResults.Ok(await queries.ListAsync(Author.Of(caller).County, group, after, limit ?? 50, ct)))
            .WithSummary("What the county owes: due = overdue, today, later, pending; none for all. Own questions: awaited, toDecide, ended.")
            .Produces<WorklistPage>().ProducesProblem(400);
        lists.MapGet("/worklist/counts", async (CallerScope caller, WorklistQueries queries, CancellationToken ct) =>
                TypedResults.Ok(await queries.CountsAsync(Author.Of(caller).County, ct)))
            .WithSummary("How much lies in each group.");
        lists.MapGet("/worklist/new", async (long marker, CallerScope caller, WorklistQueries queries, CancellationToken ct) =>
                TypedResults.Ok(new NewWork(await queries.NewSinceAsync(Author.Of(caller).County, marker, ct))))
            .WithSummary("How much came in since a marker that the counts gave out.");
        lists.MapGet("/outgoing", async (bool? waiting, string? after, int? limit, CallerScope caller, OutgoingQueries queries, CancellationToken ct) =>
                WrongPage(limit, OutgoingQueries.PageMax, after, OutgoingQueries.GaveOut) is { } wrong ? (IResult)wrong
                : TypedResults.Ok(await queries.ListAsync(Author.Of(caller).County, waiting ?? false, after, limit ?? 50, ct)))
            .WithSummary("Own messages, newest first, and what became of them.")
            .Produces<OutgoingPage>().ProducesProblem(400);
    }

    /// <summary>Body of <c>GET /worklist/new</c>.</summary>
    public sealed record NewWork(int Count);

    /// <summary>A cursor that no page gave out is named, never taken for the first page: a program that reads on would read in a circle.</summary>
    static ProblemHttpResult? WrongPage(int? limit, int most, string? after, Func<string, bool> gaveOut) =>
        limit < 1 || limit > most ? Problems.Field(RefusalCodes.MemberInvalid, "limit")
        : !string.IsNullOrEmpty(after) && !gaveOut(after) ? Problems.Field(RefusalCodes.MemberInvalid, "after")
        : null;

    static bool TryGroup(string? due, out WorklistGroup group)
    {
        group = WorklistGroup.All;
        return string.IsNullOrEmpty(due) || (due.All(char.IsAsciiLetter) && Enum.TryParse(due, ignoreCase: true, out group));
    }
}
