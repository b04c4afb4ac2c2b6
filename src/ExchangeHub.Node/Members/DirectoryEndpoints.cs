using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;

namespace ExchangeHub.Node.Members;

/// <summary>The caller's county's own copy of the directory: there while the hub is away, too.</summary>
static class DirectoryEndpoints
{
    public static void MapDirectory(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/directory").WithTags("Directory");
        group.MapGet("", (CallerScope caller, HostedCounties counties) => Answer(caller, counties, d => d.Content))
            .WithSummary("All counties, agreements between them and who demands them, as the hub signed it last.").Produces<CountyDirectory>().ProducesProblem(404).ProducesProblem(503);
        group.MapGet("/{code}", (string code, CallerScope caller, HostedCounties counties) => Answer(caller, counties, d => d.Find(code)))
            .WithSummary("One county: whether it still is, its successors, what it takes, how to reach it.").Produces<DirectoryCounty>().ProducesProblem(404).ProducesProblem(503);
    }

    static IResult Answer<T>(CallerScope caller, HostedCounties counties, Func<SignedDirectory, T?> read) where T : class =>
        counties.Find(Author.Of(caller).County) is not { } county ? Problems.Field(NodeCodes.CountyNotHosted, "", StatusCodes.Status503ServiceUnavailable)
        : county.Member.Directory is not { } directory ? Problems.Field(NodeCodes.DirectoryNotHere, "", StatusCodes.Status503ServiceUnavailable)
        : read(directory) is { } found ? Results.Json(found, ContractsJson.Compact)
        : Problems.Field(RefusalCodes.ReceiverUnknown, "code", StatusCodes.Status404NotFound);
}
