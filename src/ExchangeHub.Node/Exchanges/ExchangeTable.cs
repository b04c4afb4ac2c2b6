using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Node.Exchanges;

/// <summary>Loads and saves exchanges inside a caller's transaction. Every row is found by its county first.</summary>
static class ExchangeTable
{
    /// <summary>The exchange, locked until the transaction ends; <c>null</c> when this county has none of that id.</summary>
    public static async Task<NodeExchange?> LockAsync(NpgsqlConnection connection, string county, Guid id, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select state from node.exchanges where county = $1 and id = $2 for update", connection)
        { Parameters = { new() { Value = county }, new() { Value = id } } };
        return await command.ExecuteScalarAsync(ct) is string state ? Read(state) : null;
    }

    /// <summary>Exchanges of the county, in id order, locked until the transaction ends.</summary>
    public static async Task<IReadOnlyList<NodeExchange>> LockAsync(NpgsqlConnection connection, string county, IEnumerable<Guid> ids, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select state from node.exchanges where county = $1 and id = any($2) order by id for update", connection)
        { Parameters = { new() { Value = county }, new() { Value = ids.ToArray() } } };
        return await ReadAllAsync(command, ct);
    }

    /// <summary>Exchanges that a statement selects by <c>state</c> alone.</summary>
    public static async Task<IReadOnlyList<NodeExchange>> ReadAllAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<NodeExchange>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            found.Add(Read(reader.GetString(0)));
        return found;
    }

    public static NodeExchange Read(string state) => JsonSerializer.Deserialize(state, NodeJson.Default.NodeExchange)!;

    /// <summary>The exchange as it stands, unlocked; <c>null</c> when this county has none of that id.</summary>
    public static async Task<NodeExchange?> FindAsync(NpgsqlDataSource source, string county, Guid id, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select state from node.exchanges where county = $1 and id = $2");
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(ct) is string state ? Read(state) : null;
    }

    /// <summary>The county's exchanges that follow one, oldest first, unlocked.</summary>
    public static async Task<IReadOnlyList<NodeExchange>> FollowersAsync(NpgsqlDataSource source, string county, Guid id, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select state from node.exchanges where county = $1 and state ? 'follows' and state ->> 'follows' = $2::text order by received_at, id", connection)
        { Parameters = { new() { Value = county }, new() { Value = id } } };
        return await ReadAllAsync(command, ct);
    }

    /// <summary>The statement that writes the row of an exchange, new or not.</summary>
    public static NpgsqlBatchCommand Save(NodeExchange e) => Insert(e, """
        update set phase = excluded.phase, owed = excluded.owed, awaited = excluded.awaited,
            acknowledged = excluded.acknowledged, ack_due_at = excluded.ack_due_at, due_on = excluded.due_on, due_at = excluded.due_at,
            ended_at = excluded.ended_at, state = excluded.state
        """);

    /// <summary>The statement that writes the row of a new exchange. It affects no row where the county has one of that id: a transaction
    /// that is about to open it as well is waited for.</summary>
    public static NpgsqlBatchCommand Open(NodeExchange e) => Insert(e, "nothing");

    static NpgsqlBatchCommand Insert(NodeExchange e, string onConflict) => new($"""
        insert into node.exchanges (county, id, side, counterpart, kind, phase, case_number, owed, awaited, received_at, acknowledged,
            ack_due_at, due_on, due_at, ended_at, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict (county, id) do {onConflict}
        """)
    {
        Parameters =
        {
            new() { Value = e.County }, new() { Value = e.Id }, new() { Value = e.Side.ToString() }, new() { Value = e.Counterpart },
            new() { Value = e.Kind }, new() { Value = e.Phase.ToString() }, Text(e.CaseNumber), new() { Value = e.Owed }, new() { Value = e.Awaited },
            new() { Value = e.BeganAt }, new() { Value = e.Acknowledged }, At(e.AckDueAt), On(e.ListedDueOn), At(e.ListedDueAt), At(e.ListedEndAt),
            new() { Value = JsonSerializer.Serialize(e, NodeJson.Default.NodeExchange), NpgsqlDbType = NpgsqlDbType.Jsonb },
        },
    };

    /// <summary>The statement that adds an entry to an exchange's timeline.</summary>
    public static NpgsqlBatchCommand Tell(NodeExchange e, TimelineFact entry)
    {
        var detail = new TimelineDetail(entry.ReasonCode, entry.Duty, entry.DueOn, entry.Refusals, entry.WorkingDays);
        return new("""
            insert into node.timeline (county, exchange_id, at, what, actor, code, detail, note, automatic, message_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """)
        {
            Parameters =
            {
                new() { Value = e.County }, new() { Value = e.Id }, new() { Value = entry.At }, new() { Value = entry.What.ToString() },
                Text(entry.Actor), Text(entry.Code),
                new() { Value = JsonSerializer.Serialize(detail, NodeJson.Default.TimelineDetail), NpgsqlDbType = NpgsqlDbType.Jsonb },
                Text(entry.Note), new() { Value = entry.Automatic },
                new() { Value = (object?)entry.MessageId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            },
        };
    }

    static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    static NpgsqlParameter At(DateTimeOffset? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    static NpgsqlParameter On(DateOnly? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date };
}
