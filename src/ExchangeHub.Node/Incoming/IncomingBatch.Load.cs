using System.Text;
using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Node.Register;
using Npgsql;
using Item = ExchangeHub.Client.Members.Incoming;

namespace ExchangeHub.Node.Incoming;

/// <summary>What a batch needs to know, read in one round trip.</summary>
sealed partial class IncomingBatch
{
    /// <summary>Locks the exchanges concerned, in id order, and reads what was applied before.</summary>
    /// <param name="notices">Those that came: the county's own records of their people are looked up.</param>
    public static async Task<IncomingBatch> LoadAsync(NpgsqlConnection connection, string county, IReadOnlyList<Item> items, IReadOnlyList<MoveNotice> notices,
        Clocks clocks, CancellationToken ct)
    {
        var loaded = new IncomingBatch(county, clocks);
        if (notices.Count > 0)
            loaded.records = await MovementTable.OwnAsync(connection, county, [.. notices.Select(n => RegisterEntry.KeyOf(n.PersonId)).Distinct()], ct);
        var receipts = items.OfType<Item.Receipt>().Select(r => r.MessageId).ToArray();
        var learnt = items.OfType<Item.Recovered>().ToList();
        var followed = items.OfType<Item.Message>().Select(m => m.Header).Concat(learnt.Select(r => r.Header)).Where(h => h.Supersedes is not null).Select(h => h.Follows).OfType<Guid>();
        var openings = items.Select(OpenedBy).OfType<Guid>().ToArray();
        var places = items.Select(PlaceOf).OfType<(Guid Exchange, int Seq)>().ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("""
                    select id, state::text from node.exchanges where county = $1
                        and id = any($2 || array(
                            select unnest(array[exchange_id, case when header ? 'supersedes' then (header ->> 'follows')::uuid end])
                            from node.outgoing where county = $1 and message_id = any($3)))
                    order by id for update
                    """)
                {
                    Parameters =
                    {
                        new() { Value = county }, new() { Value = places.Select(p => p.Exchange).Concat(learnt.Select(r => r.Header.ExchangeId)).Concat(followed).ToArray() },
                        new() { Value = receipts },
                    },
                },
                new("select exchange_id, seq from node.incoming where county = $1 and (exchange_id, seq) in (select * from unnest($2, $3))")
                {
                    Parameters =
                    {
                        new() { Value = county }, new() { Value = places.Select(p => p.Exchange).ToArray() }, new() { Value = places.Select(p => p.Seq).ToArray() },
                    },
                },
                new("select message_id, header::text, content::text, account, state from node.outgoing where county = $1 and message_id = any($2)")
                {
                    Parameters = { new() { Value = county }, new() { Value = receipts.Concat(learnt.Select(r => r.Header.MessageId)).ToArray() } },
                },
                new("select header::text, receipt::text from node.outgoing where county = $1 and exchange_id = any($2) and recovered")
                {
                    Parameters = { new() { Value = county }, new() { Value = openings } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            loaded.exchanges[reader.GetGuid(0)] = ExchangeTable.Read(reader.GetString(1));
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            loaded.applied.Add((reader.GetGuid(0), reader.GetInt32(1)));
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var header = OutgoingTable.ReadHeader(reader.GetString(1));
            var content = OpenedContent.Read(header, Encoding.UTF8.GetBytes(reader.GetString(2))) ?? new OpenedContent();
            loaded.own[reader.GetGuid(0)] = new(header, content, reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4));
        }
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            if (AcceptedOf(reader.GetString(1)) is { } accepted)
                loaded.recovered.Add((OutgoingTable.ReadHeader(reader.GetString(0)), accepted));
        return loaded;
    }

    static Guid? OpenedBy(Item item) => item switch
    {
        Item.Message m when Kinds.Submitted[m.Header.Kind].Opens => m.Header.ExchangeId,
        Item.PutAside { Answer: not null } p => p.Accepted.ExchangeId,
        _ => null,
    };

    static (Guid, int)? PlaceOf(Item item) => item switch
    {
        Item.Message m => (m.Header.ExchangeId, m.Accepted.Seq),
        Item.PutAside p => (p.Accepted.ExchangeId, p.Accepted.Seq),
        Item.Event { Statement: { ExchangeId: { } id, Seq: { } seq } } => (id, seq),
        _ => null,
    };

    static AcceptedStatement? AcceptedOf(string stamp) =>
        JsonSerializer.Deserialize(stamp, NodeJson.Default.Stamp) is { } kept && B64u.TryDecode(kept.Leaf, out var leaf) ? Statement.Read(leaf) as AcceptedStatement : null;
}
