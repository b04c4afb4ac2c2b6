using System.Text;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Node.Incoming;
using ExchangeHub.Node.Outgoing;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Node.Members;

/// <summary>One county's durable memory in the node's database: every statement names the county.</summary>
sealed class MemberStore(NpgsqlDataSource source, string county, Clocks clocks, IncomingWork work, DurableWrite durable) : IMemberStore
{
    public async Task AddOutgoingAsync(OutgoingMessage message, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OutgoingTable.Add(message, actor: null) } };
        await batch.ExecuteNonQueryAsync(ct);
    }

    public async Task<IReadOnlyList<OutgoingMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct)
    {
        await using var command = Command("""
            select header::text, body, digest, content::text, traceparent, tries from node.outgoing o
            where county = $1 and state = 'waiting' and (next_try_at is null or next_try_at <= $2)
                and not exists (select 1 from node.outgoing e where e.county = $1 and e.exchange_id = o.exchange_id and e.state = 'waiting' and e.position < o.position)
                and not exists (select 1 from node.outgoing f where f.county = $1 and f.exchange_id = (o.header ->> 'follows')::uuid and f.state = 'waiting' and f.position < o.position)
            order by position limit $3
            """, county, now, limit);
        var due = new List<OutgoingMessage>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            due.Add(new(OutgoingTable.ReadHeader(reader.GetString(0)), await reader.GetFieldValueAsync<byte[]>(1, ct), reader.GetString(2),
                Encoding.UTF8.GetBytes(reader.GetString(3)))
            {
                TraceParent = reader.IsDBNull(4) ? null : reader.GetString(4),
                Tries = reader.GetInt32(5),
            });
        return due;
    }

    public Task PublishedAsync(IReadOnlyCollection<PublishedMessage> published, CancellationToken ct) => durable.DoAsync(NodeWrites.Published, () => ExecuteAsync("""
        update node.outgoing o set tries = p.tries, next_try_at = p.next_try_at
        from unnest($2, $3, $4) as p(message_id, tries, next_try_at) where o.county = $1 and o.message_id = p.message_id
        """, ct, county, published.Select(p => p.MessageId).ToArray(), published.Select(p => p.Tries).ToArray(), published.Select(p => p.NextTryAt).ToArray()));

    public async Task<IReadOnlyDictionary<Guid, OwnMessage>> OwnAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        await using var command = Command("select message_id, digest, state in ('accepted', 'refused') from node.outgoing where county = $1 and message_id = any($2)",
            county, messageIds.ToArray());
        var own = new Dictionary<Guid, OwnMessage>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            own[reader.GetGuid(0)] = new(reader.GetString(1), reader.GetBoolean(2));
        return own;
    }

    public async Task<int> OutgoingCountAsync(CancellationToken ct)
    {
        await using var command = Command("select count(*) from node.outgoing where county = $1 and state = 'waiting'", county);
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<Remembered> RecallAsync(IReadOnlyCollection<Guid> exchangeIds, IReadOnlyCollection<(string From, Guid MessageId)> messages, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select exchange_id, max(seq) from node.incoming where county = $1 and exchange_id = any($2) group by exchange_id")
                {
                    Parameters = { new() { Value = county }, new() { Value = exchangeIds.ToArray() } },
                },
                new("select iss, jti from node.applied where county = $1 and (iss, jti) in (select * from unnest($2, $3))")
                {
                    Parameters =
                    {
                        new() { Value = county }, new() { Value = messages.Select(m => m.From).ToArray() },
                        new() { Value = messages.Select(m => m.MessageId).ToArray() },
                    },
                },
                new("select id from node.exchanges where county = $1 and id = any($2)")
                {
                    Parameters = { new() { Value = county }, new() { Value = exchangeIds.ToArray() } },
                },
            },
        };
        var lastSeq = new Dictionary<Guid, int>();
        var applied = new HashSet<(string, Guid)>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            lastSeq[reader.GetGuid(0)] = reader.GetInt32(1);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            applied.Add((reader.GetString(0), reader.GetGuid(1)));
        var here = lastSeq.Keys.ToHashSet();
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            here.Add(reader.GetGuid(0));
        return new(lastSeq, applied, here);
    }

    public async Task<string?> LeafHashAsync(Guid exchangeId, int seq, CancellationToken ct)
    {
        await using var command = Command("select leaf_hash from node.incoming where county = $1 and exchange_id = $2 and seq = $3", county, exchangeId, seq);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    public Task ApplyAsync(IReadOnlyList<Client.Members.Incoming> items, CancellationToken ct) => work.ApplyAsync(county, items, ct);

    public async Task<string?> CursorAsync(string feed, CancellationToken ct)
    {
        await using var command = Command("select cursor from node.cursors where county = $1 and feed = $2", county, feed);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    public Task SetCursorAsync(string feed, string cursor, CancellationToken ct) => durable.DoAsync(NodeWrites.Cursor, () => ExecuteAsync("""
        insert into node.cursors values ($1, $2, $3) on conflict (county, feed) do update set cursor = excluded.cursor
        """, ct, county, feed, cursor));

    public async Task NoticeAsync(OperatorNotice notice, CancellationToken ct)
    {
        await using var command = Command("""
            insert into node.notices (county, at, code, detail, exchange_id, message_id) values ($1, $2, $3, $4, $5, $6) on conflict do nothing
            """, county, clocks.Now, notice.Code, notice.Detail);
        command.Parameters.Add(new() { Value = (object?)notice.ExchangeId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)notice.MessageId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(ct);
    }

    async Task ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
