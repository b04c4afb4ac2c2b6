using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Ledger;

/// <summary>The rows of one batch in one round trip, arrays unnested; every table's count is compared with what was intended.</summary>
static class BatchWrites
{
    public sealed record Sealed(Guid Batch, int Epoch, BatchTree Tree, string Root);

    /// <summary>Signs the root over all statements of the batch.</summary>
    public static Sealed Sign(BatchDraft draft, string hub, int epoch, SigningKey key)
    {
        var batch = Guid.CreateVersion7(draft.At);
        var tree = draft.Tree();
        var root = new BatchRoot(hub, epoch, batch, tree.Size, B64u.Encode(tree.Root), WireTime.Format(draft.At));
        return new(batch, epoch, tree, CompactJws.Sign(key, JoseTypes.Root, JsonSerializer.SerializeToUtf8Bytes(root, ContractsJson.Default.BatchRoot)));
    }

    /// <param name="systemNow">The system clock: the sweep's measure.</param>
    /// <exception cref="RowsMismatchException">Fewer or more rows than intended: the batch must fail.</exception>
    public static async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, BatchDraft draft, Sealed? signed, DateTimeOffset systemNow, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        var intended = new List<(string Table, int Rows)>();
        void Intend(string table, int rows, string sql, params List<object?> parameters)
        {
            if (rows == 0)
                return;
            batch.Add(sql, parameters);
            intended.Add((table, rows));
        }

        if (signed is not null)
        {
            Intend("hub.batches", 1, "insert into hub.batches (batch, epoch, size, root, leaf_hashes, at) values ($1, $2, $3, $4, $5, $6)",
                signed.Batch, signed.Epoch, signed.Tree.Size, signed.Root, signed.Tree.Stored(), draft.At);
            Submissions(draft, signed, Intend);
            Deliveries(draft, signed, Intend);
            Pending(draft, signed, systemNow, Intend);
            Intend("hub.reports", draft.Reports.Count, Reports.ReportTable.Insert, Reports.ReportTable.Rows(draft.Reports));
        }
        Exchanges(draft, Intend);
        Obligations(draft, Intend);
        foreach (var q in draft.Quarantine)
            Intend("hub.quarantine", 1, Quarantine.QuarantineTable.Insert, Quarantine.QuarantineTable.Row(q.Id, draft.At, q.Reason, q.Message, q.MayBeKept));
        foreach (var (id, verdict) in draft.Replayed) // not counted: two replays at once settle one row
            batch.Add("update hub.quarantine set replayed_at = $2, verdict = $3 where id = $1 and replayed_at is null", id, draft.At, verdict);
        await using (var written = await batch.ExecuteReaderAsync(ct))
        {
        }
        for (var i = 0; i < intended.Count; i++)
            if (batch.BatchCommands[i].RecordsAffected != intended[i].Rows)
                throw new RowsMismatchException(intended[i].Table, batch.BatchCommands[i].RecordsAffected, intended[i].Rows);
        await StreamsAsync(connection, transaction, draft, ct);
    }

    delegate void Intent(string table, int rows, string sql, params List<object?> parameters);

    static void Submissions(BatchDraft draft, Sealed signed, Intent intend)
    {
        // In key order: two batches with the same refused messages must not wait for each other in a ring.
        var rows = draft.Submissions.OrderBy(s => s.County, StringComparer.Ordinal).ThenBy(s => s.MessageId).ToList();
        intend("hub.submissions", rows.Count, $"""
            insert into hub.submissions (county, message_id, digest, batch, index, verdict, codes, leaf, place)
            select county, message_id, digest, $1, index, verdict, string_to_array(codes, ' '), leaf, {Epochs.PlaceNow("$9")}
            from unnest($2, $3, $4, $5, $6, $7, $8) as s (county, message_id, digest, index, verdict, codes, leaf)
            on conflict (county, message_id) do update
            set batch = excluded.batch, index = excluded.index, verdict = excluded.verdict, codes = excluded.codes, leaf = excluded.leaf, place = excluded.place
            where submissions.verdict = 'held' and excluded.verdict <> 'held' and submissions.digest = excluded.digest
            """, signed.Batch, rows.Select(r => r.County).ToArray(), rows.Select(r => r.MessageId).ToArray(), rows.Select(r => r.Digest).ToArray(),
            rows.Select(r => r.Index).ToArray(), rows.Select(r => r.Verdict).ToArray(), rows.Select(r => string.Join(' ', r.Codes)).ToArray(),
            rows.Select(r => draft.Leaves[r.Index]).ToArray(), signed.Epoch);
    }

    static void Exchanges(BatchDraft draft, Intent intend)
    {
        var rows = draft.Changed.Select(t => t.After!).ToList();
        intend("hub.exchanges", rows.Count, """
            update hub.exchanges e
            set asker = v.asker, receiver = v.receiver, kind = v.kind, phase = v.phase, look_at = v.look_at, state = v.state::jsonb
            from unnest($1, $2, $3, $4, $5, $6, $7) as v (id, asker, receiver, kind, phase, look_at, state) where e.id = v.id
            """, rows.Select(r => r.Id).ToArray(), rows.Select(r => r.Asker).ToArray(), rows.Select(r => r.Receiver).ToArray(), rows.Select(r => r.Kind).ToArray(),
            rows.Select(r => r.Phase.ToString()).ToArray(), rows.Select(r => r.LookAt).ToArray(), rows.Select(r => r.ToJson()).ToArray());
    }

    static void Obligations(BatchDraft draft, Intent intend)
    {
        var rows = draft.Changed.SelectMany(t => ObligationFold.Changed(t.Before, t.After!)).ToList();
        intend("hub.obligations", rows.Count, """
            insert into hub.obligations (exchange_id, ordinal, unit, counterpart, duty, kind, scope, reason, direction, test, automatic,
                delivered_at, opened_at, due_on, due_at, fulfilled_at, withdrawn_at, ended_at, ended_why, overdue_told_at, escalated_at)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
            on conflict (exchange_id, ordinal) do update
            set automatic = excluded.automatic, fulfilled_at = excluded.fulfilled_at, withdrawn_at = excluded.withdrawn_at,
                ended_at = excluded.ended_at, ended_why = excluded.ended_why, overdue_told_at = excluded.overdue_told_at, escalated_at = excluded.escalated_at
            """, rows.Select(r => r.ExchangeId).ToArray(), rows.Select(r => r.Ordinal).ToArray(), rows.Select(r => r.Unit).ToArray(),
            rows.Select(r => r.Counterpart).ToArray(), rows.Select(r => r.Duty).ToArray(), rows.Select(r => r.Kind).ToArray(),
            rows.Select(r => r.Scope.ToString()).ToArray(), rows.Select(r => r.Reason).ToArray(), rows.Select(r => r.Direction).ToArray(),
            rows.Select(r => r.Test).ToArray(), rows.Select(r => r.Automatic).ToArray(), rows.Select(r => r.DeliveredAt).ToArray(),
            rows.Select(r => r.OpenedAt).ToArray(), rows.Select(r => r.DueOn).ToArray(), rows.Select(r => r.DueAt).ToArray(),
            rows.Select(r => r.FulfilledAt).ToArray(), rows.Select(r => r.WithdrawnAt).ToArray(), rows.Select(r => r.EndedAt).ToArray(),
            rows.Select(r => r.EndedWhy).ToArray(), rows.Select(r => r.OverdueToldAt).ToArray(),
            rows.Select(r => r.EscalatedAt).ToArray());
    }

    static void Deliveries(BatchDraft draft, Sealed signed, Intent intend)
    {
        var rows = draft.Deliveries;
        intend("hub.deliveries", rows.Count, $"""
            insert into hub.deliveries (place, batch, index, addressee, exchange_id, seq, type, leaf, message_id, sender, body, traceparent, accepted_at)
            select {Epochs.PlaceNow("$13")}, $1, * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, signed.Batch, rows.Select(r => r.Index).ToArray(), rows.Select(r => r.Addressee).ToArray(), rows.Select(r => r.ExchangeId).ToArray(),
            rows.Select(r => r.Seq).ToArray(), rows.Select(r => r.Type).ToArray(), rows.Select(r => draft.Leaves[r.Index]).ToArray(),
            rows.Select(r => r.MessageId).ToArray(), rows.Select(r => r.Sender).ToArray(), rows.Select(r => r.Body).ToArray(),
            rows.Select(r => r.TraceParent).ToArray(), rows.Select(r => r.AcceptedAt).ToArray(), signed.Epoch);
    }

    static void Pending(BatchDraft draft, Sealed signed, DateTimeOffset systemNow, Intent intend)
    {
        (int Index, string Addressee, byte[]? Leaf)[] rows =
        [
            .. draft.Deliveries.Select(d => (d.Index, d.Addressee, (byte[]?)null)),
            .. draft.Receipts.Select(r => (r.Index, r.County, (byte[]?)draft.Leaves[r.Index])),
        ];
        intend("hub.pending", rows.Length, "insert into hub.pending (batch, index, addressee, leaf, since) select $1, index, addressee, leaf, $2 from unnest($3, $4, $5) as p (index, addressee, leaf)",
            signed.Batch, systemNow, rows.Select(r => r.Index).ToArray(), rows.Select(r => r.Addressee).ToArray(), rows.Select(r => r.Leaf).ToArray());
    }

    // The event store once dropped events of a retried batch and reported success: its versions are held against our count of facts.
    static async Task StreamsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, BatchDraft draft, CancellationToken ct)
    {
        var changed = draft.Changed.Select(t => t.After!).ToList();
        if (changed.Count == 0)
            return;
        await using var command = connection.Command(transaction, $"""
            select count(*) from unnest($1, $2) as v (id, facts)
            join {EventStore.SchemaName}.mt_streams s on s.id = v.id and s.version = v.facts
            """, changed.Select(e => e.Id).ToArray(), changed.Select(e => (long)e.Facts).ToArray());
        var right = (long)(await command.ExecuteScalarAsync(ct))!;
        if (right != changed.Count)
            throw new RowsMismatchException("events", right, changed.Count);
    }
}
