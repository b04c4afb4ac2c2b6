using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Hub.Feed;

/// <summary>Deliveries and receipts over HTTP: closes gaps, and heals a node that lost its disk. A county sees its own only.</summary>
static class FeedEndpoints
{
    public static void MapFeed(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Feed").RequireAuthorization(NodeAuthentication.Policy);
        group.MapGet("/deliveries", DeliveriesAsync).WithSummary("Own deliveries and events after a cursor, or of one exchange from a seq on.")
            .Produces<FeedPage>().ProducesProblem(400).ProducesProblem(401);
        group.MapGet("/receipts", ReceiptsAsync).WithSummary("Stamps of own submissions after a cursor.")
            .Produces<ReceiptsPage>().ProducesProblem(400).ProducesProblem(401);
        group.MapGet("/receipts/{messageId:guid}", async (Guid messageId, HttpContext context, FeedQueries feed, CancellationToken ct) =>
                await feed.ReceiptAsync(NodeAuthentication.CountyOf(context), messageId, ct) is { } stamp
                    ? Results.Json(stamp, ContractsJson.Compact.Stamp)
                    : Problems.NotFound())
            .WithSummary("The stamp of one own submission.").Produces<Stamp>().ProducesProblem(401).ProducesProblem(404);
        group.MapGet("/submissions/{messageId:guid}", SubmissionAsync).WithSummary("The bytes of one own accepted submission, as long as they are kept for its addressee.")
            .Produces(200, contentType: "application/json").ProducesProblem(401).ProducesProblem(404);
    }

    static async Task<IResult> SubmissionAsync(Guid messageId, HttpContext context, FeedQueries feed, CancellationToken ct) =>
        await feed.SubmissionAsync(NodeAuthentication.CountyOf(context), messageId, ct) is { } bytes ? Results.Bytes(bytes, "application/json") : Problems.NotFound();

    static async Task<IResult> DeliveriesAsync(string? after, int? limit, string? exchange, int? fromSeq, HttpContext context, FeedQueries feed, CancellationToken ct)
    {
        var county = NodeAuthentication.CountyOf(context);
        if (exchange is not null)
            return !Party.IsUuid(exchange) ? Problems.Field(RefusalCodes.MemberInvalid, "exchange")
                : fromSeq is null or < 1 ? Problems.Field(RefusalCodes.MemberInvalid, "fromSeq")
                : Results.Json(await feed.DeliveriesAsync(county, Guid.ParseExact(exchange, "D"), fromSeq.Value, ct), ContractsJson.Compact.FeedPage);
        return (IResult?)Check(after, limit, out var cursor, out var rows) ?? Results.Json(await feed.DeliveriesAsync(county, cursor, rows, ct), ContractsJson.Compact.FeedPage);
    }

    static async Task<IResult> ReceiptsAsync(string? after, int? limit, HttpContext context, FeedQueries feed, CancellationToken ct) =>
        (IResult?)Check(after, limit, out var cursor, out var rows)
            ?? Results.Json(await feed.ReceiptsAsync(NodeAuthentication.CountyOf(context), cursor, rows, ct), ContractsJson.Compact.ReceiptsPage);

    static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult? Check(string? after, int? limit, out FeedCursor cursor, out int rows)
    {
        rows = limit ?? Limits.FeedItemsMax;
        return !FeedCursor.TryParse(after, out cursor) ? Problems.Field(RefusalCodes.MemberInvalid, "after")
            : rows is < 1 or > Limits.FeedItemsMax ? Problems.Field(RefusalCodes.MemberInvalid, "limit")
            : null;
    }
}
