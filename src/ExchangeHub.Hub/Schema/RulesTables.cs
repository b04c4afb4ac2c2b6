using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Hub.Deadlines;
using Npgsql;

namespace ExchangeHub.Hub.Schema;

/// <summary>The tables behind <see cref="DeadlineRules"/>: divisions, calendar, policies, agreements. Every change raises version <c>rules</c>, which running hubs watch.</summary>
public static class RulesTables
{
    internal const string Raise = "update hub.versions set number = number + 1 where what = 'rules'";
    internal const string LockRules = "select number from hub.versions where what = 'rules' for update";
    /// <summary>Beside the rules', and after it in a transaction: of two that change both, one waits.</summary>
    internal const string RaiseDirectory = "update hub.versions set number = number + 1 where what = 'directory'";

    /// <summary>All rules as they stand in the tables now.</summary>
    public static async Task<DeadlineRules> LoadAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("""
                    select d.code, d.name, d.level, d.parent, d.ended, c.status, c.ended_on, c.successors
                    from hub.divisions d left join hub.closures c on c.code = d.code
                    """),
                new("select year from hub.calendar_years"),
                new("select day, province, works, occasion from hub.calendar_days"),
                new("select province, kind, scope, urgent, effective_from, effective_until, acknowledgement, feedback from hub.policies order by id"),
                new("select province, effective_from, reminders, escalation, dispute_within, close_after from hub.follow_ups order by id"),
                new("select id, one, other, starts_on, ends_on, kinds, acknowledgement, feedback, contacts::text from hub.agreements order by entry"),
                new("select province from hub.agreement_demands"),
                new("select began_at, ended_at, unit from hub.outages"),
            },
        };
        await using var r = await batch.ExecuteReaderAsync(ct);
        var divisions = new List<Division>();
        while (await r.ReadAsync(ct))
            divisions.Add(new(r.GetString(0), r.GetString(1), r.GetString(2), r.TextOrNull(3), r.GetBoolean(4),
                r.TextOrNull(5) is { } status ? new Closure(status, r.GetFieldValue<DateOnly>(6), r.GetFieldValue<string[]>(7)) : null));
        await r.NextResultAsync(ct);
        var years = new List<int>();
        while (await r.ReadAsync(ct))
            years.Add(r.GetInt32(0));
        await r.NextResultAsync(ct);
        var days = new List<(string Province, CalendarDay Day)>();
        while (await r.ReadAsync(ct))
            days.Add((r.GetString(1), new(r.GetFieldValue<DateOnly>(0), r.GetBoolean(2), r.GetString(3))));
        await r.NextResultAsync(ct);
        var policies = new List<DeadlinePolicy>();
        while (await r.ReadAsync(ct))
            policies.Add(new(r.TextOrNull(0), r.TextOrNull(1), r.TextOrNull(2) is { } scope ? Enum.Parse<Scope>(scope) : null, r.GetBoolean(3),
                r.GetFieldValue<DateOnly>(4), await r.IsDBNullAsync(5, ct) ? null : r.GetFieldValue<DateOnly>(5), Term.Parse(r.GetString(6)), Term.Parse(r.GetString(7))));
        await r.NextResultAsync(ct);
        var followUps = new List<FollowUpPolicy>();
        while (await r.ReadAsync(ct))
            followUps.Add(new(r.TextOrNull(0), r.GetFieldValue<DateOnly>(1), FollowUpPolicy.ReadSteps(r.GetString(2)),
                r.TextOrNull(3) is { } escalation ? FollowUpStep.Read(escalation) : null, r.GetInt32(4), r.GetInt32(5)));
        await r.NextResultAsync(ct);
        var agreements = new List<Agreement>();
        while (await r.ReadAsync(ct))
            agreements.Add(new(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), await r.IsDBNullAsync(4, ct) ? null : r.GetFieldValue<DateOnly>(4),
                r.GetFieldValue<string[]>(5), r.TextOrNull(6) is { } acknowledgement ? Term.Parse(acknowledgement) : null, r.TextOrNull(7) is { } feedback ? Term.Parse(feedback) : null,
                JsonSerializer.Deserialize<Dictionary<string, string>>(r.GetString(8))!));
        await r.NextResultAsync(ct);
        var demandedBy = new List<string>();
        while (await r.ReadAsync(ct))
            demandedBy.Add(r.GetString(0));
        await r.NextResultAsync(ct);
        var outages = new List<Outage>();
        while (await r.ReadAsync(ct))
            outages.Add(new(r.GetFieldValue<DateTimeOffset>(0), r.GetFieldValue<DateTimeOffset>(1), r.TextOrNull(2)));
        var byProvince = days.Where(d => d.Province.Length > 0).GroupBy(d => d.Province)
            .ToDictionary(g => g.Key, g => (IReadOnlyCollection<CalendarDay>)[.. g.Select(d => d.Day)]);
        return new DeadlineRules(new Divisions(divisions), years, [.. days.Where(d => d.Province.Length == 0).Select(d => d.Day)], byProvince, policies, followUps,
            new Agreements(agreements, demandedBy), outages);
    }

    internal static async Task SaveCalendarAsync(NpgsqlDataSource database, IReadOnlyList<int> years, IReadOnlyList<CalendarDay> days, string? province, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("delete from hub.calendar_days where province = $1 and extract(year from day) = any($2)", province ?? "", years.ToArray());
        if (province is null)
            batch.Add("insert into hub.calendar_years (year) select unnest($1) on conflict (year) do nothing", years.ToArray());
        batch.Add("""
            insert into hub.calendar_days (day, province, works, occasion)
            select day, $1, works, occasion from unnest($2, $3, $4) as d (day, works, occasion)
            on conflict (day, province) do update set works = excluded.works, occasion = excluded.occasion
            """, province ?? "", days.Select(d => d.On).ToArray(), days.Select(d => d.Works).ToArray(), days.Select(d => d.Occasion).ToArray());
        batch.Add(Raise);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    internal static async Task<int> SaveDivisionsAsync(NpgsqlDataSource database, Divisions divisions, CancellationToken ct)
    {
        var rows = divisions.All.ToArray();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("update hub.divisions set ended = true where code <> all($1)", [rows.Select(r => r.Code).ToArray()]);
        batch.Add("""
            insert into hub.divisions (code, name, level, parent) select * from unnest($1, $2, $3, $4)
            on conflict (code) do update set name = excluded.name, level = excluded.level, parent = excluded.parent, ended = false
            """,
            rows.Select(r => r.Code).ToArray(), rows.Select(r => r.Name).ToArray(), rows.Select(r => r.Level).ToArray(),
            rows.Select(r => r.Parent).ToArray());
        batch.Add(Raise);
        batch.Add(RaiseDirectory);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return rows.Length;
    }

    internal static async Task SaveOutageAsync(NpgsqlDataSource database, DurableWrite durable, Outage outage, string reason, string account, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(Raise); // first: of two that record the same, the second waits and finds it recorded
        batch.Add("""
            insert into hub.outages (id, began_at, ended_at, unit, account, reason) select $1, $2, $3, $4, $5, $6
            where not exists (select from hub.outages where unit = $4 and began_at = $2 and ended_at = $3)
            """, Guid.CreateVersion7(now), outage.From, outage.To, outage.Unit, account, reason);
        await durable.DoAsync(HubWrites.CountyOutage, async () =>
        {
            await batch.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        });
    }

    internal static async Task SaveFollowUpAsync(NpgsqlDataSource database, DurableWrite durable, FollowUpPolicy policy, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            insert into hub.follow_ups (province, effective_from, reminders, escalation, dispute_within, close_after) values ($1, $2, $3, $4, $5, $6)
            """, policy.Province, policy.EffectiveFrom, string.Join(' ', policy.Reminders), policy.Escalation?.ToString(), policy.DisputeWithin, policy.CloseAfter);
        batch.Add(Raise);
        await durable.DoAsync(HubWrites.FollowUp, async () =>
        {
            await batch.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        });
    }

    internal static async Task InsertPoliciesAsync(NpgsqlConnection connection, IReadOnlyList<DeadlinePolicy> policies, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var p in policies)
            batch.Add("""
                insert into hub.policies (province, kind, scope, urgent, effective_from, effective_until, acknowledgement, feedback)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                """, p.Province, p.Kind, p.Scope?.ToString(), p.Urgent, p.EffectiveFrom, p.EffectiveUntil, p.Acknowledgement.ToString(), p.Feedback.ToString());
        await batch.ExecuteNonQueryAsync(ct);
    }
}
