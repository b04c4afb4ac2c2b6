using System.Globalization;
using System.Text;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Feed;

/// <summary>A place in a county's feed: behind one row. Opaque on the wire.</summary>
/// <param name="Epoch">Tag of the epoch in which the cursor was made. One that the database does not know was made after the copy that it was
/// restored from: the feed begins anew, for it may repeat and never skips.</param>
/// <param name="Place">Epoch and transaction of the row. Rows are ordered by it, and a cursor passes only transactions before which none is
/// still running: a smaller id that commits later is not skipped.</param>
public readonly record struct FeedCursor(string Epoch, long Place, int Index)
{
    public override string ToString() => Epoch is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Place}.{Index}");

    public static bool TryParse(string? text, out FeedCursor cursor)
    {
        cursor = default;
        if (string.IsNullOrEmpty(text))
            return true;
        var parts = text.Split('.');
        if (parts.Length is not (2 or 3) || !long.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        if (parts.Length == 3) // two parts: of a hub before there were epochs
            cursor = new(parts[0], place, index);
        return true;
    }
}

/// <summary>What a county was told, again: deliveries in feed order or of one exchange by <c>seq</c>, and the stamps of its own submissions.</summary>
public sealed class FeedQueries(NpgsqlDataSource database)
{
    static readonly string OldestRunning = Epochs.Place("e.epoch", "pg_snapshot_xmin(pg_current_snapshot())");

    static readonly string Delivery = $"""
        select d.place, d.index, d.leaf, b.root, b.leaf_hashes, b.batch, {OldestRunning}, e.tag, d.sender is not null, d.body
        from hub.deliveries d join hub.batches b on b.batch = d.batch cross join {Epochs.Newest} e
        """;

    static readonly string Submission = $"""
        select s.place, s.index, s.leaf, b.root, b.leaf_hashes, b.batch, {OldestRunning}, e.tag
        from hub.submissions s join hub.batches b on b.batch = s.batch cross join {Epochs.Newest} e
        """;

    const string After = "(coalesce((select $2::bigint from hub.epochs where tag = $4), 0), $3)";

    public async Task<FeedPage> DeliveriesAsync(string county, FeedCursor after, int limit, CancellationToken ct)
    {
        await using var command = database.Command($"{Delivery} where d.addressee = $1 and (d.place, d.index) > {After} order by d.place, d.index limit $5",
            county, after.Place, after.Index, after.Epoch, limit);
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
        await using var command = database.Command($"{Submission} where s.county = $1 and (s.place, s.index) > {After} order by s.place, s.index limit $5",
            county, after.Place, after.Index, after.Epoch, limit);
        var rows = await ReadAsync(command, ct);
        var next = NextOf(rows, after);
        return new([.. rows.Select(r => r.Stamp)], next.ToString(), rows.Count == limit && next != after ? true : null);
    }

    public async Task<Stamp?> ReceiptAsync(string county, Guid messageId, CancellationToken ct)
    {
        await using var command = database.Command($"{Submission} where s.county = $1 and s.message_id = $2", county, messageId);
        return await ReadAsync(command, ct) is [var row, ..] ? row.Stamp : null;
    }

    /// <summary>The bytes of an own submission: kept for its addressee, and given to its sender too, who may have lost them.</summary>
    public async Task<byte[]?> SubmissionAsync(string county, Guid messageId, CancellationToken ct)
    {
        await using var command = database.Command("""
            select d.body from hub.submissions s join hub.deliveries d on d.batch = s.batch and d.index = s.index
            where s.county = $1 and s.message_id = $2 and d.sender = $1
            """, county, messageId);
        return await command.ExecuteScalarAsync(ct) as byte[];
    }

    sealed record Row(FeedCursor Cursor, long OldestRunning, Stamp Stamp, bool IsMessage, string? Body);

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
            var isMessage = r.FieldCount > 8 && r.GetBoolean(8);
            rows.Add(new(new(r.GetString(7), r.GetInt64(0), index), r.GetInt64(6),
                new Stamp(B64u.Encode(r.GetFieldValue<byte[]>(2)), index, tree.Path(index), r.GetString(3)),
                isMessage, isMessage && !await r.IsDBNullAsync(9, ct) ? Encoding.ASCII.GetString(r.GetFieldValue<byte[]>(9)) : null));
        }
        return rows;
    }

    static FeedItem ItemOf(Row row) => new(row.Cursor.ToString(), row.Stamp, row.Body, row is { IsMessage: true, Body: null } ? true : null);

    static FeedCursor NextOf(IReadOnlyList<Row> rows, FeedCursor after)
    {
        var passed = rows.TakeWhile(r => r.Cursor.Place < r.OldestRunning).ToList();
        return passed.Count == 0 ? after : passed[^1].Cursor;
    }
}
