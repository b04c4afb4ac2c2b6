using System.Text.Json;
using System.Text.RegularExpressions;
using ExchangeHub.Client;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Web.Api;
using Npgsql;

namespace ExchangeHub.Hub.Registry;

/// <summary>The registry over HTTP: read by everybody, changed by the registrar's signature alone.</summary>
static partial class RegistryEndpoints
{
    public static void MapRegistry(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Registry");
        group.MapGet("/registry", async (RegistryWatch registry, CancellationToken ct) =>
        {
            await registry.RefreshAsync(ct);
            return registry.Current.Keys.Number == 0 ? Problems.NotFound() : Results.Json(registry.Current.Keys.View(), ContractsJson.Compact.RegistryView);
        }).WithSummary("The newest snapshot with the leaf hashes of all entries.").Produces<RegistryView>().ProducesProblem(404);

        group.MapGet("/registry/{party}/keys", async (string party, RegistryWatch registry, CancellationToken ct) =>
        {
            await registry.RefreshAsync(ct);
            return registry.Current.Keys.EntryOf(party, registry.Current.TypesTakenBy(party)) is { } entry
                ? Results.Json(entry, ContractsJson.Compact.EntryView)
                : Problems.Field(RefusalCodes.ReceiverUnknown, "party", StatusCodes.Status404NotFound);
        }).WithSummary("A party's key records, their place in the snapshot, and what its node takes.").Produces<EntryView>().ProducesProblem(404);

        group.MapPut("/registry", PutRegistryAsync).WithSummary("The registrar publishes entries and the next snapshot; judged by signature and number.")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(UpdateMax))
            .Accepts<RegistryUpdate>("application/json").Produces(204).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413);

        group.MapPut("/takes", PutTakesAsync).RequireAuthorization(NodeAuthentication.Policy).WithSummary("Which kinds and versions the own node takes.")
            .Accepts<Takes>("application/json").Produces(204).ProducesProblem(400).ProducesProblem(401);
    }

    static async Task<IResult> PutRegistryAsync(HttpRequest request, RegistryWatch registry, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, CancellationToken ct)
    {
        if (await Bodies.ReadAsync(request, ContractsJson.Default.RegistryUpdate, ct) is not { } update)
            return Problems.Field(RefusalCodes.BodyMalformed, "");
        // Anybody may put: what cannot hold is turned away by what this process knows, before it costs a transaction or holds the row that publishers wait for.
        var verdict = registry.Current.Keys.Accept(update).Verdict;
        if (verdict != RingVerdict.Accepted && await registry.RefreshAsync(ct))
            verdict = registry.Current.Keys.Accept(update).Verdict; // another process of the hub had taken a newer one
        if (verdict == RingVerdict.Accepted)
        {
            verdict = await RegistryTables.PutAsync(database, durable, registry.Pinned, update, clocks.Now, ct);
            await registry.RefreshAsync(ct);
        }
        return verdict switch
        {
            RingVerdict.Accepted or RingVerdict.Unchanged => Results.NoContent(),
            RingVerdict.SmallerNumber or RingVerdict.Fraud or RingVerdict.NewerSnapshot => Problems.Field(verdict.ToString(), "/snapshot", StatusCodes.Status409Conflict),
            _ => Problems.Field(RefusalCodes.MemberInvalid, "/snapshot"),
        };
    }

    static async Task<IResult> PutTakesAsync(HttpRequest request, HttpContext context, RegistryWatch registry, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, CancellationToken ct)
    {
        if (await Bodies.ReadAsync(request, ContractsJson.Default.Takes, ct) is not { } takes)
            return Problems.Field(RefusalCodes.BodyMalformed, "");
        if (takes.Types.Count > TakesMax)
            return Problems.Field(RefusalCodes.TooLarge, "/takes");
        if (!takes.Types.All(t => t is not null && TypeForm().IsMatch(t))) // kinds to come are taken, too; words of any other form are nobody's to keep here
            return Problems.Field(RefusalCodes.MemberInvalid, "/takes");
        await RegistryTables.PutTakesAsync(database, durable, NodeAuthentication.CountyOf(context), takes.Types, clocks.Now, ct);
        await registry.RefreshAsync(ct);
        return Results.NoContent();
    }

    // Every entry of the nation at once (after a restore): 3,000 parties with six records of under 900 bytes, base64url, are 22 million.
    const long UpdateMax = 24 * 1024 * 1024;

    // Kinds times versions: far below; the bound keeps a row small.
    const int TakesMax = 200;

    [GeneratedRegex(@"\A[a-z][a-z-]{0,39}\.v[0-9]{1,3}\z")] private static partial Regex TypeForm();
}

/// <summary>Reads a request's body by the contracts' own rules.</summary>
static class Bodies
{
    /// <returns><c>null</c>: not the JSON it should be.</returns>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken ct) where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, ct);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
