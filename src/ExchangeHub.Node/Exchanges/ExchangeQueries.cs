using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Node.Exchanges;

/// <summary>One exchange for its page, and the record of who saw a person's data in full.</summary>
public sealed class ExchangeQueries(NpgsqlDataSource source, PeopleAccounts accounts, Clocks clocks)
{
    /// <summary>The audit's word for seeing a person's data in full; its subject is the exchange's id.</summary>
    public const string RevealAction = "reveal";

    /// <summary>A chain of exchanges that follow each other is a few steps long; a page shows no more than these.</summary>
    const int LinksMax = 20;

    /// <summary>The exchange with masked person data; <c>null</c> when this county has none of that id (also when another county has).</summary>
    public async Task<ExchangeDetail?> FindAsync(string county, Guid id, CancellationToken ct = default)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        return await ReadAsync(connection, county, id, revealed: false, ct);
    }

    /// <summary>The exchange in full. Who, when and why are written down before anything is read.</summary>
    /// <param name="reason">Why; see <see cref="IsReason"/>. Not about the person.</param>
    /// <exception cref="ArgumentException">The reason is missing or too long.</exception>
    public async Task<ExchangeDetail?> RevealAsync(CallerScope caller, Guid id, string reason, CancellationToken ct = default)
    {
        if (!IsReason(reason))
            throw new ArgumentException("A reveal needs a reason of 1 to 200 characters.", nameof(reason));
        var county = Author.Of(caller).County;
        if (await FindAsync(county, id, ct) is null)
            return null;
        await accounts.AuditAsync(caller, RevealAction, id.ToString(), reason.Trim(), ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        return await ReadAsync(connection, county, id, revealed: true, ct);
    }

    /// <summary>Whether a text can stand as a reveal's reason.</summary>
    public static bool IsReason(string? reason) => reason?.Trim() is { Length: > 0 and <= 200 } text && !text.Any(char.IsControl);

    async Task<ExchangeDetail?> ReadAsync(NpgsqlConnection connection, string county, Guid id, bool revealed, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select state from node.exchanges where county = $1 and id = $2") { Parameters = { new() { Value = county }, new() { Value = id } } },
                new("""
                    select at, what, actor, code, detail, note, automatic, message_id from node.timeline
                    where county = $1 and exchange_id = $2 order by at, position
                    """) { Parameters = { new() { Value = county }, new() { Value = id } } },
                Linked("e.id = (l.state ->> 'follows')::uuid", county, id),
                Linked("e.state ? 'follows' and e.state ->> 'follows' = l.id::text", county, id),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return null;
        var exchange = ExchangeTable.Read(reader.GetString(0));
        await reader.NextResultAsync(ct);
        var timeline = new List<TimelineFact>();
        while (await reader.ReadAsync(ct))
        {
            var detail = reader.IsDBNull(4) ? null : JsonSerializer.Deserialize(reader.GetString(4), NodeJson.Default.TimelineDetail);
            timeline.Add(new(await reader.GetFieldValueAsync<DateTimeOffset>(0, ct), Enum.Parse<TimelineWhat>(reader.GetString(1)),
                Text(reader, 2), Text(reader, 3), detail?.ReasonCode, detail?.Duty, detail?.DueOn, Text(reader, 5), reader.GetBoolean(6),
                reader.IsDBNull(7) ? null : reader.GetGuid(7), detail?.Refusals, detail?.WorkingDays));
        }
        return ExchangeDetail.Of(exchange, timeline, clocks.Now, revealed, new(await LinkedAsync(reader, ct), await LinkedAsync(reader, ct)));
    }

    /// <summary>The exchanges that hang together with one in one direction, nearest first. A union that repeats nothing: a loop ends.</summary>
    static NpgsqlBatchCommand Linked(string next, string county, Guid id) => new($"""
        with recursive l as (
            select id, state, 0 as depth from node.exchanges where county = $1 and id = $2
            union
            select e.id, e.state, l.depth + 1 from l join node.exchanges e on e.county = $1 and {next} where l.depth < {LinksMax})
        select state from l where id <> $2 order by depth, id limit {LinksMax}
        """)
    { Parameters = { new() { Value = county }, new() { Value = id } } };

    static async Task<IReadOnlyList<LinkedExchange>> LinkedAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        var linked = new List<LinkedExchange>();
        while (await reader.ReadAsync(ct))
        {
            var e = ExchangeTable.Read(reader.GetString(0));
            linked.Add(new(e.Id, e.Kind, e.Side, e.Counterpart, e.Phase, e.BeganAt));
        }
        return [.. linked.DistinctBy(e => e.Id)];
    }

    static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
