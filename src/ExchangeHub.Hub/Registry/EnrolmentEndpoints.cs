using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Npgsql;

namespace ExchangeHub.Hub.Registry;

/// <summary>Requests to be enrolled, kept until the registrar has signed the county's entry. The hub cannot judge them: it never sees the code.</summary>
static class EnrolmentEndpoints
{
    const long BodyMax = 16_384;
    // Anybody may post: what waits is bounded, so that a flood fills no disk. What a current key endorses has room of its own, which no
    // stranger can take up.
    const int WaitingMax = 10_000, WaitingPerPartyMax = 5;

    public static void MapEnrolments(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/enrolments").WithTags("Enrolment");
        group.MapPost("", PostAsync).WithSummary("A county's new keys, signed by themselves, with the code's MAC or a current key's endorsement.")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyMax)) // also where the sender names no length
            .Accepts<Enrolment>("application/json").Produces(202).ProducesProblem(400).ProducesProblem(429);
        group.MapGet("", async (NpgsqlDataSource database, CancellationToken ct) => Results.Json(await ListAsync(database, ct)))
            .RequireAuthorization(Policies.Operate).WithSummary("Requests that wait for the registrar.").Produces<IReadOnlyList<Enrolment>>();
        group.MapDelete("/{request}", DeleteAsync).RequireAuthorization(Policies.Operate)
            .WithSummary("A request that the registrar has judged, by its SHA-256 in b64u: its place is free again.").Produces(204);
    }

    static async Task<IResult> PostAsync(HttpRequest http, NpgsqlDataSource database, RegistryWatch registry, DurableWrite durable, Clocks clocks, Microsoft.Extensions.Options.IOptions<HubOptions> options, CancellationToken ct)
    {
        if (http.ContentLength > BodyMax)
            return Problems.Field(RefusalCodes.TooLarge, "");
        if (await Bodies.ReadAsync(http, ContractsJson.Default.Enrolment, ct) is not { } enrolment)
            return Problems.Field(RefusalCodes.BodyMalformed, "");
        if (enrolment.Mac is null == enrolment.Endorsement is null || (enrolment.Mac is { } mac && !B64u.IsHash(mac)))
            return Problems.Field(RefusalCodes.MemberInvalid, "/mac");
        if (enrolment.Endorsement is { } endorsement && !endorsement.Split('.').All(part => B64u.TryDecode(part, out _)))
            return Problems.Field(RefusalCodes.MemberInvalid, "/endorsement");
        if (Read(enrolment.Request) is not { } request || !Party.IsCounty(request.Party))
            return Problems.Field(RefusalCodes.MemberInvalid, "/request");
        if (request.Hub != options.Value.Id)
            return Problems.Field(RefusalCodes.WrongHub, "/request");
        if (enrolment.Endorsement is not null && !Endorsed() && !(await registry.RefreshAsync(ct) && Endorsed()))
            return Problems.Field(RefusalCodes.MemberInvalid, "/endorsement");
        await using var command = database.Command("""
            insert into hub.enrolments (id, party, kid, request, mac, endorsement, at)
            select $1, $2, $3, $4, $5, $6, $7
            where exists (select from hub.enrolments where party = $2 and kid = $3)
                or ((select count(*) from hub.enrolments where (endorsement is null) = ($6::text is null)) < $8
                    and (select count(*) from hub.enrolments where party = $2 and (endorsement is null) = ($6::text is null)) < $9)
            on conflict (party, kid) do update set request = excluded.request, mac = excluded.mac, endorsement = excluded.endorsement, at = excluded.at
            """, Guid.CreateVersion7(clocks.Now), request.Party, PublicJwk.Kid(request.Sig), enrolment.Request, enrolment.Mac, enrolment.Endorsement, clocks.Now,
            WaitingMax, WaitingPerPartyMax);
        var waits = false;
        await durable.DoAsync(HubWrites.Enrolment, async () => waits = await command.ExecuteNonQueryAsync(ct) == 1);
        return waits
            ? Results.Accepted()
            : Problems.Field(RefusalCodes.LimitReached, "", StatusCodes.Status429TooManyRequests);

        bool Endorsed() => Endorsement.Holds(enrolment.Endorsement!, enrolment.Request,
            kid => registry.Current.Keys.SigningKey(request.Party, kid) is { } key && key.ValidAt(clocks.Now) ? key.Jwk : null);
    }

    static async Task<IResult> DeleteAsync(string request, NpgsqlDataSource database, DurableWrite durable, CancellationToken ct)
    {
        // By the very bytes: what the county has posted anew meanwhile stays.
        await using var command = database.Command("delete from hub.enrolments where rtrim(translate(encode(sha256(convert_to(request, 'UTF8')), 'base64'), '+/', '-_'), '=') = $1", request);
        await durable.DoAsync(HubWrites.Enrolment, () => command.ExecuteNonQueryAsync(ct));
        return Results.NoContent();
    }

    static async Task<IReadOnlyList<Enrolment>> ListAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.Command("select request, mac, endorsement from hub.enrolments order by at, id");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var waiting = new List<Enrolment>();
        while (await reader.ReadAsync(ct))
            waiting.Add(new(reader.GetString(0), reader.TextOrNull(1), reader.TextOrNull(2)));
        return waiting;
    }

    // Signed by the very key it brings: so it is at least whole.
    static EnrolmentRequest? Read(string token)
    {
        EnrolmentRequest? read = null;
        return CompactJws.TryVerify(token, JoseTypes.Enrol, kid => (read = Peek(token))?.Sig is { } sig && PublicJwk.Kid(sig) == kid ? sig : null, out _) ? read : null;
    }

    static EnrolmentRequest? Peek(string token)
    {
        try
        {
            return token.Split('.') is [_, var payload, _] && B64u.TryDecode(payload, out var json) ? JsonSerializer.Deserialize(json, ContractsJson.Default.EnrolmentRequest) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
