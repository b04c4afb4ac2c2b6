using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Hub.Rates;

/// <summary>Figures and the lists behind them, as of now or any T, within what the caller may see. Pages and interface ask here.</summary>
public sealed class RateQueries(NpgsqlDataSource database, AnswerableTime time)
{
    /// <summary>Most items of one page of a list.</summary>
    public const int ListItemsMax = 500;

    /// <summary>Every indicator for each county, scope, kind or reason that has something to show, or for each month of the period, and the total.</summary>
    public async Task<RateTable> TableAsync(RateFilter filter, RateCut cut, CallerScope caller, CancellationToken ct = default)
    {
        if (cut is RateCut.Month)
            filter = filter with { Months = filter.Months ?? 1 };
        var asOf = await time.LatestAsync(filter.AsOf, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = RateSql.Counts(filter, asOf, cut, caller);
        command.Connection = connection;
        var counts = new SortedDictionary<string, Dictionary<string, (long Met, long Cohort)>>(StringComparer.Ordinal);
        foreach (var month in cut is RateCut.Month ? filter.Period.Months : [])
            counts[month] = [];
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
            {
                var key = rows.GetString(1);
                if (!counts.TryGetValue(key, out var row))
                    counts[key] = row = [];
                row[rows.GetString(0)] = (rows.GetInt64(2), rows.GetInt64(3));
            }
        var total = Indicators.All.ToDictionary(i => i.Id,
            i => (counts.Values.Sum(r => r.GetValueOrDefault(i.Id).Met), counts.Values.Sum(r => r.GetValueOrDefault(i.Id).Cohort)));
        return new RateTable(filter.Period.Name, asOf, cut, [.. counts.Select(r => Row(r.Key, r.Value))], Row("", total));
    }

    /// <summary>The obligations behind one figure.</summary>
    /// <param name="after">Cursor of the page before; <c>null</c>: from the beginning.</param>
    /// <param name="limit">1 to <see cref="ListItemsMax"/>.</param>
    /// <returns><c>null</c>: the cursor is none of ours.</returns>
    public async Task<RateList?> ListAsync(Indicator indicator, ListPart part, RateFilter filter, CallerScope caller, string? after = null, int limit = 100,
        CancellationToken ct = default)
    {
        ListPlace? place = null;
        if (after is not null && (place = ListPlace.Read(after)) is null)
            return null;
        var asOf = await time.LatestAsync(filter.AsOf, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var count = RateSql.Count(indicator, part, filter, asOf, caller);
        count.Connection = connection;
        var all = (long)(await count.ExecuteScalarAsync(ct))!;

        await using var list = RateSql.List(indicator, part, filter, asOf, caller, place, limit + 1);
        list.Connection = connection;
        var items = new List<ListItem>();
        await using (var rows = await list.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
                items.Add(Item(rows));
        var more = items.Count > limit;
        if (more)
            items.RemoveAt(limit);
        return new RateList(indicator.Id, indicator.Version, part, filter.Period.Name, asOf, all, items, more ? new ListPlace(items[^1].DeliveredAt, items[^1].ExchangeId, items[^1].Ordinal).ToString() : null);
    }

    static RateRow Row(string key, IReadOnlyDictionary<string, (long Met, long Cohort)> counts) => new(key, Indicators.All.ToDictionary(i => i.Id, i =>
    {
        var (met, cohort) = counts.GetValueOrDefault(i.Id);
        return new Figure(i.Id, i.Version, met, i.IsRate ? cohort : null);
    }));

    static ListItem Item(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
        row.IsDBNull(7) ? null : row.GetString(7), !row.IsDBNull(8) && row.GetBoolean(8), row.GetFieldValue<DateTimeOffset>(9),
        row.IsDBNull(10) ? null : row.GetFieldValue<DateOnly>(10), Time(row, 11), Time(row, 12), Time(row, 13));

    static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
