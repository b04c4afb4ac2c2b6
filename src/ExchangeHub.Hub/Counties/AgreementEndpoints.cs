using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace ExchangeHub.Hub.Counties;

/// <summary>
/// Exchange agreements, entered by whoever answers for both counties: the province's reviewer within it, an operator of the hub beyond. One province
/// alone cannot bind another's county.
/// </summary>
static class AgreementEndpoints
{
    const long BodyMax = 1_048_576;
    const int AtOnceMax = 1_000;

    public static void MapAgreements(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/agreements").WithTags("Agreements").WithMetadata(new RequestSizeLimitAttribute(BodyMax));
        group.MapGet("", async (RulesWatch watch, CallerScope caller, CancellationToken ct) =>
            {
                await watch.RefreshAsync(ct);
                return Results.Json<IReadOnlyList<CountyAgreement>>([.. watch.Current.Agreements.All.Where(a => caller.CoversEither(a.One, a.Other)).Select(a => a.ToContract())],
                    ContractsJson.Compact.IReadOnlyListCountyAgreement);
            }).RequireAuthorization(Policies.Figures).WithSummary("The agreements of the caller's counties, ended ones included.").Produces<IReadOnlyList<CountyAgreement>>();
        group.MapPut("", PutAsync).RequireAuthorization(Policies.Agree)
            .WithSummary("Puts each agreement under its id; others stay. One that is over gets its last day, so that its time can still be explained. All or none.")
            .Accepts<IReadOnlyList<CountyAgreement>>("application/json").Produces(204).ProducesProblem(400).ProducesProblem(404);
        group.MapPut("/demands/{province}", (string province, RulesWatch watch, CallerScope caller, NpgsqlDataSource database, DurableWrite durable, CancellationToken ct) =>
                DemandAsync(province, demand: true, watch, caller, database, durable, ct))
            .RequireAuthorization(Policies.Agree).WithSummary("From now on the province's counties are asked only under an agreement.").Produces(204).ProducesProblem(404);
        group.MapDelete("/demands/{province}", (string province, RulesWatch watch, CallerScope caller, NpgsqlDataSource database, DurableWrite durable, CancellationToken ct) =>
                DemandAsync(province, demand: false, watch, caller, database, durable, ct))
            .RequireAuthorization(Policies.Agree).WithSummary("No longer.").Produces(204).ProducesProblem(404);
    }

    static async Task<IResult> PutAsync(HttpRequest request, RulesWatch watch, CallerScope caller, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, CancellationToken ct)
    {
        if (await Bodies.ReadAsync(request, ContractsJson.Default.IReadOnlyListCountyAgreement, ct) is not { } sent)
            return Problems.Field(RefusalCodes.BodyMalformed, "");
        if (sent.Count > AtOnceMax)
            return Problems.Field(RefusalCodes.TooLarge, "");
        await watch.RefreshAsync(ct);
        var rules = watch.Current;
        var (read, refused) = (new List<Agreement>(), new List<Refusal>());
        foreach (var (one, i) in sent.Select((a, i) => (a, i)))
            if (one is null)
                refused.Add(new(RefusalCodes.MemberInvalid, $"/{i}"));
            else if (Agreement.Read(one, rules.Divisions, $"/{i}", refused) is { } agreement)
                read.Add(agreement);
        if (read.DistinctBy(a => a.Id).Count() < read.Count)
            refused.Add(new(RefusalCodes.MemberInvalid, ""));
        // What is not the caller's to see is not there; nor can he take an id that stands for somebody else's.
        var theirs = rules.Agreements.All.Where(a => read.Exists(r => r.Id == a.Id));
        if (read.Concat(theirs).Any(a => !caller.Covers(a.One) || !caller.Covers(a.Other)))
            return Problems.NotFound();
        if (refused.Count > 0)
            return Problems.Of(refused);
        await DirectoryTables.PutAgreementsAsync(database, durable, read, caller.Account, clocks.Now, ct);
        await watch.RefreshAsync(ct);
        return Results.NoContent();
    }

    static async Task<IResult> DemandAsync(string province, bool demand, RulesWatch watch, CallerScope caller, NpgsqlDataSource database, DurableWrite durable, CancellationToken ct)
    {
        await watch.RefreshAsync(ct);
        if (!watch.Current.Divisions.IsProvince(province) || !(caller.CoversAll || (caller.County is null && caller.Province == province)))
            return Problems.NotFound();
        await DirectoryTables.DemandAsync(database, durable, province, demand, ct);
        await watch.RefreshAsync(ct);
        return Results.NoContent();
    }
}
