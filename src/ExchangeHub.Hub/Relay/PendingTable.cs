using ExchangeHub.Contracts;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Relay;

/// <summary>The rows of <c>hub.pending</c>: what the broker has not confirmed.</summary>
static class PendingTable
{
    public const string Lost = "Lost", Uncounted = "Uncounted";

    /// <summary>Rows that a process left behind, from now on this sweep's alone; another process takes others.</summary>
    /// <param name="before">System time: older rows are nobody's any more.</param>
    /// <param name="until">System time: a sweep that died has not done it by then, and any other may.</param>
    /// <param name="resting">Counties left out: their rows would fill the window, and nobody else's would be seen.</param>
    public static async Task<IReadOnlyList<(Outgoing Outgoing, bool LostBefore)>> ClaimAsync(NpgsqlConnection connection,
        DateTimeOffset before, DateTimeOffset now, DateTimeOffset until, string[] resting, int limit, CancellationToken ct)
    {
        await using var command = connection.Command(null, """
            with free as materialized (
                select batch, index, addressee from hub.pending
                where (since < $1 or failed = 'Lost') and (not_before is null or not_before <= $2) and addressee <> all($4)
                order by since, batch, index
                limit $5
                for update skip locked),
            claimed as (
                update hub.pending p set not_before = $3
                from free f where p.batch = f.batch and p.index = f.index and p.addressee = f.addressee
                returning p.*)
            select p.batch, p.index, p.addressee, p.leaf, p.failed, b.root, b.leaf_hashes,
                   d.leaf, d.type, d.message_id, d.exchange_id, d.body, d.traceparent, d.accepted_at, d.sender
            from claimed p
            join hub.batches b on b.batch = p.batch
            left join hub.deliveries d on d.batch = p.batch and d.index = p.index and p.leaf is null
            order by p.since, p.batch, p.index
            """, before, now, until, resting, limit);
        await using var r = await command.ExecuteReaderAsync(ct);
        var rows = new List<(Outgoing, bool)>();
        while (await r.ReadAsync(ct))
        {
            var (batch, index, addressee, lost) = (r.GetGuid(0), r.GetInt32(1), r.GetString(2), r.TextOrNull(4) == Lost);
            var path = BatchTree.FromStored(r.GetFieldValue<byte[]>(6)).Path(index);
            if (!await r.IsDBNullAsync(3, ct))
                rows.Add((new Outgoing.Receipt(addressee, batch, index, r.GetFieldValue<byte[]>(3), path, r.GetString(5), Pending: true), lost));
            else
                rows.Add((new Outgoing.Delivery(addressee, batch, index, r.GetFieldValue<byte[]>(7), path, r.GetString(5), r.GetString(8), r.GetGuid(9), await r.IsDBNullAsync(10, ct) ? null : r.GetGuid(10),
                    await r.IsDBNullAsync(11, ct) ? null : r.GetFieldValue<byte[]>(11), r.TextOrNull(12), r.GetFieldValue<DateTimeOffset>(13), Opens(r.GetString(8))), lost));
        }
        return rows;
    }

    /// <summary>The broker has them: the rows go, deliveries note when.</summary>
    /// <param name="at">Business clock.</param>
    public static NpgsqlBatch Confirmed(NpgsqlConnection connection, IReadOnlyList<Outgoing> confirmed, DateTimeOffset at)
    {
        var batch = new NpgsqlBatch(connection);
        var rows = confirmed.Where(o => o.Pending).ToList();
        var deliveries = confirmed.OfType<Outgoing.Delivery>().ToList();
        batch.Add("update hub.deliveries d set confirmed_at = $1 from unnest($2, $3) as k (batch, index) where d.batch = k.batch and d.index = k.index and d.confirmed_at is null",
            at, deliveries.Select(d => d.Batch).ToArray(), deliveries.Select(d => d.Index).ToArray());
        batch.Add("delete from hub.pending p using unnest($1, $2, $3) as k (batch, index, addressee) where p.batch = k.batch and p.index = k.index and p.addressee = k.addressee",
            rows.Select(o => o.Batch).ToArray(), rows.Select(o => o.Index).ToArray(), rows.Select(o => o.Addressee).ToArray());
        return batch;
    }

    /// <summary>Notes why rows are still here, and until when they rest.</summary>
    public static NpgsqlBatch Failed(NpgsqlConnection connection, IReadOnlyList<Outgoing> rows, string why, DateTimeOffset? notBefore)
    {
        var batch = new NpgsqlBatch(connection);
        batch.Add("""
            update hub.pending p set failed = $1, not_before = $2, attempts = attempts + 1
            from unnest($3, $4, $5) as k (batch, index, addressee) where p.batch = k.batch and p.index = k.index and p.addressee = k.addressee
            """, why, notBefore, rows.Select(o => o.Batch).ToArray(), rows.Select(o => o.Index).ToArray(), rows.Select(o => o.Addressee).ToArray());
        return batch;
    }

    static bool Opens(string type) => Kinds.Submitted.Values.Any(k => k.Opens && type.StartsWith(k.Kind + ".", StringComparison.Ordinal));
}
