using System.Globalization;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace ExchangeHub.Hub.Counties;

/// <summary>The directory over HTTP: read by nodes, each county's details by itself, a county's end by an operator.</summary>
static class DirectoryEndpoints
{
    const long BodyMax = 16_384;
    const int TextMax = 200, OutagesMax = 20;

    public static void MapDirectory(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/directory").WithTags("Directory").WithMetadata(new RequestSizeLimitAttribute(BodyMax));
        group.MapGet("", GetAsync).RequireAuthorization(NodeAuthentication.Policy)
            .WithSummary("The signed directory; nothing where known=EPOCH.VERSION is the newest.").Produces<DirectoryView>().Produces(204).ProducesProblem(400).ProducesProblem(401);
        group.MapPut("/details", PutDetailsAsync).RequireAuthorization(NodeAuthentication.Policy)
            .WithSummary("What the own county says of itself, in place of what it said before.")
            .Accepts<CountyDetails>("application/json").Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(429);
        group.MapPut("/{code}/closure", CloseAsync).RequireAuthorization(Policies.Operate)
            .WithSummary("A county ends on a day: nothing new begins with it from then on, what is in hand goes on.")
            .Accepts<CountyClosure>("application/json").Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(404);
        group.MapDelete("/{code}/closure", ReopenAsync).RequireAuthorization(Policies.Operate)
            .WithSummary("It does not end after all.").Produces(204).ProducesProblem(401).ProducesProblem(404);
    }

    static async Task<IResult> GetAsync(string? known, DirectoryDesk desk, CancellationToken ct)
    {
        var has = (0, 0);
        if (known is not null)
        {
            if (known.Split('.') is not [var e, var v] || !int.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                || !int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                return Problems.Field(RefusalCodes.MemberInvalid, "known");
            has = (epoch, version);
        }
        return await desk.NewerAsync(has, ct) is { } newer ? Results.Json(new DirectoryView(newer), ContractsJson.Compact.DirectoryView) : Results.NoContent();
    }

    static async Task<IResult> PutDetailsAsync(HttpContext context, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, CancellationToken ct)
    {
        if (await Bodies.ReadAsync(context.Request, ContractsJson.Default.CountyDetails, ct) is not { } details)
            return Problems.Field(RefusalCodes.BodyMalformed, "");
        if (Check(details).ToList() is { Count: > 0 } refused)
            return Problems.Of(refused);
        return await DirectoryTables.PutDetailsAsync(database, durable, NodeAuthentication.CountyOf(context), details, clocks.Now, ct)
            ? Results.NoContent()
            : Problems.Field(RefusalCodes.LimitReached, "", StatusCodes.Status429TooManyRequests);
    }

    static IEnumerable<Refusal> Check(CountyDetails details)
    {
        if (!IsText(details.OfficeHours))
            yield return new(RefusalCodes.MemberInvalid, "/officeHours");
        if (!IsText(details.DutyPhone))
            yield return new(RefusalCodes.MemberInvalid, "/dutyPhone");
        if (!IsText(details.Contact))
            yield return new(RefusalCodes.MemberInvalid, "/contact");
        if (details.Outages is not { } outages)
            yield break;
        if (outages.Count > OutagesMax)
            yield return new(RefusalCodes.TooLarge, "/outages");
        foreach (var (outage, i) in outages.Select((o, i) => (o, i)))
            if (outage is null || !WireTime.TryParse(outage.From, out var from) || !WireTime.TryParse(outage.To, out var to) || to <= from || !IsText(outage.Note))
                yield return new(RefusalCodes.MemberInvalid, $"/outages/{i}");
    }

    static bool IsText(string? text) => text is null || (text.Length is > 0 and <= TextMax && !text.Any(char.IsControl));

    static async Task<IResult> CloseAsync(string code, HttpRequest request, CallerScope caller, RulesWatch watch, NpgsqlDataSource database, DurableWrite durable, Clocks clocks,
        CancellationToken ct)
    {
        if (!MayEnd(caller, code))
            return Problems.NotFound();
        if (await Bodies.ReadAsync(request, ContractsJson.Default.CountyClosure, ct) is not { } closure)
            return Problems.Field(RefusalCodes.BodyMalformed, "");
        await watch.RefreshAsync(ct);
        var divisions = watch.Current.Divisions;
        var refused = new List<Refusal>();
        if (!divisions.Knows(code))
            refused.Add(new("CodeUnknown", "code"));
        if (closure.Status is CountyStatuses.Active || !Codes.CountyStatuses.Contains(closure.Status))
            refused.Add(new("CodeUnknown", "/status"));
        if (!WireTime.TryParseDay(closure.EndedOn, out var on))
            refused.Add(new(RefusalCodes.MemberInvalid, "/endedOn"));
        if (!Fits(closure) || closure.Successors.Any(s => s is null || s == code || !divisions.TakesPart(s)))
            refused.Add(new(RefusalCodes.MemberInvalid, "/successors"));
        if (refused.Count > 0)
            return Problems.Of(refused);
        await DirectoryTables.CloseAsync(database, durable, code, new(closure.Status, on, closure.Successors), caller.Account, clocks.Now, ct);
        await watch.RefreshAsync(ct);
        return Results.NoContent();
    }

    static async Task<IResult> ReopenAsync(string code, CallerScope caller, RulesWatch watch, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, CancellationToken ct)
    {
        if (!MayEnd(caller, code))
            return Problems.NotFound();
        await DirectoryTables.ReopenAsync(database, durable, code, caller.Account, clocks.Now, ct);
        await watch.RefreshAsync(ct);
        return Results.NoContent();
    }

    // No county ends itself. Its successor may lie in another province: borders move.
    static bool MayEnd(CallerScope caller, string code) => caller.County is null && caller.Covers(code);

    static bool Fits(CountyClosure closure) => closure.Successors.Distinct().Count() == closure.Successors.Count && closure.Status switch
    {
        CountyStatuses.Renamed => closure.Successors.Count == 1,
        CountyStatuses.Merged => closure.Successors.Count >= 1,
        _ => true,
    };
}
