using ExchangeHub.Contracts;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace ExchangeHub.Hub.Escalations;

/// <summary>A duty of which the province was told, as it was told last.</summary>
public sealed record Escalation(Guid ExchangeId, string Unit, string Counterpart, string Duty, string Kind, DateOnly DueOn, DateTimeOffset DueAt, DateTimeOffset EscalatedAt, bool StillOpen);

/// <param name="Next">What <c>after</c> must be for the next page; <c>null</c>: there is none.</param>
public sealed record EscalationPage(IReadOnlyList<Escalation> Items, string? Next);

/// <summary>What the province is told beside its figures: duties long overdue.</summary>
static class EscalationEndpoints
{
    const int RowsMax = 500;

    public static void MapEscalations(this IEndpointRouteBuilder api) => api.MapGet("/escalations", GetAsync).RequireAuthorization(Policies.Figures).WithTags("Exchanges")
        .WithSummary("Duties of which the province was told, each once, newest first; trials left out. after: the next of the page before; limit: 1 to 500.").ProducesProblem(400);

    static async Task<Results<Ok<EscalationPage>, ProblemHttpResult>> GetAsync(string? after, string? limit, CallerScope caller, NpgsqlDataSource database, CancellationToken ct)
    {
        if (!ListPlace.TryReadLimit(limit, RowsMax, RowsMax, out var most))
            return Problems.Field(RefusalCodes.MemberInvalid, "limit");
        var place = string.IsNullOrEmpty(after) ? null : ListPlace.Read(after);
        if (!string.IsNullOrEmpty(after) && place is null)
            return Problems.Field(RefusalCodes.MemberInvalid, "after");
        return TypedResults.Ok(await ListAsync(database, caller, place, most, ct));
    }

    static async Task<EscalationPage> ListAsync(NpgsqlDataSource database, CallerScope caller, ListPlace? after, int limit, CancellationToken ct)
    {
        // A duty that was owed again and escalated again is told once, as it was last.
        await using var command = database.CreateCommand($"""
            select exchange_id, ordinal, unit, counterpart, duty, kind, due_on, due_at, escalated_at, fulfilled_at is null and withdrawn_at is null and ended_at is null
            from hub.obligations o where escalated_at is not null and not test and {CallerSql.Within(caller, "unit")}
            and not exists (select from hub.obligations n where n.exchange_id = o.exchange_id and n.duty = o.duty and n.ordinal > o.ordinal and n.escalated_at is not null)
            {(after is null ? "" : $"and (escalated_at, exchange_id, ordinal) < {ListPlace.Parameters}")}
            order by escalated_at desc, exchange_id desc, ordinal desc limit @limit
            """);
        CallerSql.Bind(command.Parameters, caller);
        after?.Bind(command.Parameters);
        command.Parameters.AddWithValue("limit", limit + 1);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<(int Ordinal, Escalation Told)>();
        while (await reader.ReadAsync(ct))
            rows.Add((reader.GetInt32(1), new(reader.GetGuid(0), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<DateOnly>(6), reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8), reader.GetBoolean(9))));
        if (rows.Count <= limit)
            return new([.. rows.Select(r => r.Told)], null);
        rows.RemoveAt(limit);
        var (ordinal, last) = rows[^1];
        return new([.. rows.Select(r => r.Told)], new ListPlace(last.EscalatedAt, last.ExchangeId, ordinal).ToString());
    }
}
