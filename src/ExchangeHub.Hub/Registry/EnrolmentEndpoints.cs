using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
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
    // Anybody may post: what waits is bounded, so that a flood fills no disk.
    const int WaitingMax = 10_000, WaitingPerPartyMax = 5;

    public static void MapEnrolments(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/enrolments").WithTags("Enrolment");
        group.MapPost("", PostAsync).WithSummary("A county's new keys, signed by themselves, with the code's MAC or a current key's endorsement.")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyMax)) // also where the sender names no length
            .Accepts<Enrolment>("application/json").Produces(202).ProducesProblem(400).ProducesProblem(429);
        group.MapGet("", async (NpgsqlDataSource database, CancellationToken ct) => Results.Json(await ListAsync(database, ct)))
            .RequireAuthorization(Policies.Operate).WithSummary("Requests that wait for the registrar.").Produces<IReadOnlyList<Enrolment>>();
    }

    static async Task<IResult> PostAsync(HttpRequest http, NpgsqlDataSource database, DurableWrite durable, Clocks clocks, Microsoft.Extensions.Options.IOptions<HubOptions> options, CancellationToken ct)
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
        // Posted again after an answer that was lost, it waits once.
        await using var command = database.Command("""
            with waits as (select 1 from hub.enrolments where party = $2 and request = $3), kept as (
                insert into hub.enrolments (id, party, request, mac, endorsement, at)
                select $1, $2, $3, $4, $5, $6
                where not exists (select 1 from waits)
                    and (select count(*) from hub.enrolments) < $7 and (select count(*) from hub.enrolments where party = $2) < $8
                returning 1)
            select exists (select 1 from waits union all select 1 from kept)
            """, Guid.CreateVersion7(clocks.Now), request.Party, enrolment.Request, enrolment.Mac, enrolment.Endorsement, clocks.Now, WaitingMax, WaitingPerPartyMax);
        var waits = false;
        await durable.DoAsync(HubWrites.Enrolment, async () => waits = (bool)(await command.ExecuteScalarAsync(ct))!);
        return waits
            ? Results.Accepted()
            : Problems.Field(RefusalCodes.LimitReached, "", StatusCodes.Status429TooManyRequests);
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
