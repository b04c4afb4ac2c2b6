using ExchangeHub.Hub.Schema;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Hub.Escalations;

/// <summary>A duty of which the province was told.</summary>
public sealed record Escalation(Guid ExchangeId, string Unit, string Counterpart, string Duty, string Kind, DateOnly DueOn, DateTimeOffset DueAt, DateTimeOffset EscalatedAt, bool StillOpen);

/// <summary>What the province is told beside its figures: duties long overdue.</summary>
static class EscalationEndpoints
{
    const int RowsMax = 500;

    public static void MapEscalations(this IEndpointRouteBuilder api) =>
        api.MapGet("/escalations", async (CallerScope caller, NpgsqlDataSource database, CancellationToken ct) => TypedResults.Ok(await ListAsync(database, caller, ct)))
            .RequireAuthorization(Policies.Figures).WithTags("Exchanges").WithSummary("Duties of which the province was told, newest first, at most 500; trials left out.");

    static async Task<IReadOnlyList<Escalation>> ListAsync(NpgsqlDataSource database, CallerScope caller, CancellationToken ct)
    {
        // The caller's part of the land: a county, a province by its first two digits, or everything.
        var units = caller.County ?? (caller.Province is { } province ? province[..2] + "%" : caller.CoversAll ? "%" : "");
        await using var command = database.Command("""
            select exchange_id, unit, counterpart, duty, kind, due_on, due_at, escalated_at, fulfilled_at is null and withdrawn_at is null and ended_at is null
            from hub.obligations where escalated_at is not null and unit like $1 and not test order by escalated_at desc, exchange_id limit $2
            """, units, RowsMax);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Escalation>();
        while (await reader.ReadAsync(ct))
            rows.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<DateOnly>(5),
                reader.GetFieldValue<DateTimeOffset>(6), reader.GetFieldValue<DateTimeOffset>(7), reader.GetBoolean(8)));
        return rows;
    }
}
