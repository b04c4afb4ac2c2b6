using System.Globalization;
using System.Text;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Feed;

/// <summary>A place in a county's feed: behind one row. Opaque on the wire.</summary>
/// <param name="Transaction">Id of the transaction that wrote the row. Rows are ordered by it, and a cursor passes only transactions before which
/// none is still running: a smaller id that commits later is not skipped.</param>
public readonly record struct FeedCursor(ulong Transaction, int Index)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Transaction}.{Index}");

    public static bool TryParse(string? text, out FeedCursor cursor)
    {
        cursor = default;
        if (string.IsNullOrEmpty(text))
            return true;
        var parts = text.Split('.');
        if (parts.Length != 2 || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var transaction)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        cursor = new(transaction, index);
        return true;
    }
}

/// <summary>What a county was told, again: deliveries in feed order or of one exchange by <c>seq</c>, and the stamps of its own submissions.</summary>
public sealed class FeedQueries(NpgsqlDataSource database)
{
    const string Delivery = """
        select d.tx::text, d.index, d.leaf, b.root, b.leaf_hashes, b.batch, pg_snapshot_xmin(pg_current_snapshot())::text, d.sender is not null, d.body
        from hub.deliveries d join hub.batches b on b.batch = d.batch
        """;

    const string Submission = """
        select s.tx::text, s.index, s.leaf, b.root, b.leaf_hashes, b.batch, pg_snapshot_xmin(pg_current_snapshot())::text
        from hub.submissions s join hub.batches b on b.batch = s.batch
        """;

    public async Task<FeedPage> DeliveriesAsync(string county, FeedCursor after, int limit, CancellationToken ct)
    {
        await using var command = database.Command($"{Delivery} where d.addressee = $1 and (d.tx, d.index) > ($2::text::xid8, $3) order by d.tx, d.index limit $4",
            county, after.Transaction.ToString(CultureInfo.InvariantCulture), after.Index, limit);
        var rows = await ReadAsync(command, ct);
        var next = NextOf(rows, after);
        return new([.. rows.Select(ItemOf)], next.ToString(), rows.Count == limit && next != after ? true : null);
    }

    public async Task<FeedPage> DeliveriesAsync(string county, Guid exchange, int fromSeq, CancellationToken ct)
    {
        await using var command = database.Command($"{Delivery} where d.addressee = $1 and d.exchange_id = $2 and d.seq >= $3 order by d.seq limit $4",
            county, exchange, fromSeq, Limits.FeedItemsMax);
        var rows = await ReadAsync(command, ct);
        return new([.. rows.Select(ItemOf)], rows.Count == 0 ? "" : rows[^1].Cursor.ToString(), rows.Count == Limits.FeedItemsMax ? true : null);
    }

    public async Task<ReceiptsPage> ReceiptsAsync(string county, FeedCursor after, int limit, CancellationToken ct)
    {
        await using var command = database.Command($"{Submission} where s.county = $1 and (s.tx, s.index) > ($2::text::xid8, $3) order by s.tx, s.index limit $4",
            county, after.Transaction.ToString(CultureInfo.InvariantCulture), after.Index, limit);
        var rows = await ReadAsync(command, ct);
        var next = NextOf(rows, after);
        return new([.. rows.Select(r => r.Stamp)], next.ToString(), rows.Count == limit && next != after ? true : null);
    }

    public async Task<Stamp?> ReceiptAsync(string county, Guid messageId, CancellationToken ct)
    {
        await using var command = database.Command($"{Submission} where s.county = $1 and s.message_id = $2", county, messageId);
        return await ReadAsync(command, ct) is [var row, ..] ? row.Stamp : null;
    }

    sealed record Row(FeedCursor Cursor, ulong OldestRunning, Stamp Stamp, bool IsMessage, string? Body);

    static async Task<IReadOnlyList<Row>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var r = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        var trees = new Dictionary<Guid, BatchTree>(); // a page mostly holds a few batches: each tree is built once
        while (await r.ReadAsync(ct))
        {
            var index = r.GetInt32(1);
            if (!trees.TryGetValue(r.GetGuid(5), out var tree))
                trees[r.GetGuid(5)] = tree = BatchTree.FromStored(r.GetFieldValue<byte[]>(4));
            var isMessage = r.FieldCount > 7 && r.GetBoolean(7);
            rows.Add(new(new(ulong.Parse(r.GetString(0), CultureInfo.InvariantCulture), index), ulong.Parse(r.GetString(6), CultureInfo.InvariantCulture),
                new Stamp(B64u.Encode(r.GetFieldValue<byte[]>(2)), index, tree.Path(index), r.GetString(3)),
                isMessage, isMessage && !await r.IsDBNullAsync(8, ct) ? Encoding.ASCII.GetString(r.GetFieldValue<byte[]>(8)) : null));
        }
        return rows;
    }

    static FeedItem ItemOf(Row row) => new(row.Cursor.ToString(), row.Stamp, row.Body, row is { IsMessage: true, Body: null } ? true : null);

    static FeedCursor NextOf(IReadOnlyList<Row> rows, FeedCursor after)
    {
        var passed = rows.TakeWhile(r => r.Cursor.Transaction < r.OldestRunning).ToList();
        return passed.Count == 0 ? after : passed[^1].Cursor;
    }
}
