using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using Npgsql;
using NpgsqlTypes;

namespace ExchangeHub.Node.Worklist;

/// <summary>What a county has to do and what it waits for. "Now" and "today" are business time.</summary>
public sealed class WorklistQueries(NpgsqlDataSource source, Clocks clocks)
{
    public const int PageMax = 200;

    /// <summary>How long a returned or refused own message is called for where nothing follows it: two working days to contest a return, over the longest
    /// holiday. A program that sends again need not tell.</summary>
    static readonly TimeSpan EndedCallsFor = TimeSpan.FromDays(10);

    /// <summary>Own questions that wait for this county: a person's answer to confirm, or the last request for more time undecided and still in time.
    /// What a register answered by itself is closed by the hub in its time and needs nobody. What came back, or was never taken, is to be sent again,
    /// contested or left.</summary>
    const string Waits = """
        (to_decide and (phase = 'Answered' or (due_at <= @now) is not true)
            or side = 'Asker' and not awaited and phase in ('Returned', 'Refused') and ended_at > @since
                and not exists (select 1 from node.exchanges f where f.county = x.county and f.state ? 'follows' and f.state ->> 'follows' = x.id::text))
        """;

    /// <summary>Whether a text can be <see cref="WorklistPage.Next"/> of a page.</summary>
    public static bool GaveOut(string after) => WorklistCursor.Parse(after) is not null;

    /// <summary>One page of a list, in its order.</summary>
    /// <param name="after"><see cref="WorklistPage.Next"/> of the page before; <c>null</c> or a text no page gave out starts anew.</param>
    /// <param name="limit">1 to <see cref="PageMax"/>.</param>
    public async Task<WorklistPage> ListAsync(string county, WorklistGroup group, string? after = null, int limit = 50, CancellationToken ct = default)
    {
        limit = Math.Clamp(limit, 1, PageMax);
        var now = clocks.Now;
        var (filter, sortedBy, ascending) = group switch
        {
            WorklistGroup.Overdue => ("owed and due_at <= @now", "due_at", true),
            WorklistGroup.Today => ("owed and due_at > @now and due_on <= @today", "due_at", true),
            WorklistGroup.Later => ("owed and due_at > @now and due_on > @today", "due_at", true),
            WorklistGroup.Pending => ("owed and due_at is null", "due_at", true),
            WorklistGroup.Awaited => ("awaited", "received_at", false),
            WorklistGroup.ToDecide => (Waits, "received_at", false),
            WorklistGroup.Ended => ("side = 'Asker' and not awaited", "ended_at", false),
            _ => ("owed", "due_at", true),
        };
        var cursor = WorklistCursor.Parse(after);
        // Keyset paging: a list of any length costs a page, and a row that leaves the list moves no other.
        var beyond = cursor switch
        {
            null => "",
            { At: null } => "and @at is null and " + sortedBy + " is null and id > @id",
            _ when ascending => $"and ({sortedBy} is null or ({sortedBy}, id) > (@at, @id))",
            _ => $"and ({sortedBy}, id) < (@at, @id)",
        };
        await using var command = source.CreateCommand($"""
            select state from node.exchanges x where county = @county and {filter} {beyond}
            order by {sortedBy} {(ascending ? "asc nulls last, id asc" : "desc nulls last, id desc")} limit @limit
            """);
        command.Parameters.AddWithValue("county", county);
        command.Parameters.AddWithValue("now", now);
        command.Parameters.AddWithValue("since", now - EndedCallsFor);
        command.Parameters.AddWithValue("today", WireTime.DayOf(now));
        command.Parameters.AddWithValue("limit", limit + 1);
        command.Parameters.Add(new("at", NpgsqlDbType.TimestampTz) { Value = (object?)cursor?.At ?? DBNull.Value });
        command.Parameters.Add(new("id", NpgsqlDbType.Uuid) { Value = (object?)cursor?.Id ?? DBNull.Value });
        var found = new List<NodeExchange>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            found.Add(ExchangeTable.Read(reader.GetString(0)));
        string? next = null;
        if (found.Count > limit)
        {
            found.RemoveAt(limit);
            var last = found[^1];
            next = new WorklistCursor(sortedBy switch { "due_at" => last.ListedDueAt, "ended_at" => last.ListedEndAt, _ => last.BeganAt }, last.Id).ToString();
        }
        return new([.. found.Select(e => WorklistRow.Of(e, now))], next);
    }

    /// <summary>How much lies in each group.</summary>
    public async Task<WorklistCounts> CountsAsync(string county, CancellationToken ct = default)
    {
        var now = clocks.Now;
        await using var command = source.CreateCommand($"""
            select count(*) filter (where owed and due_at <= @now),
                count(*) filter (where owed and due_at > @now and due_on <= @today),
                count(*) filter (where owed and due_at > @now and due_on > @today),
                count(*) filter (where owed and due_at is null),
                count(*) filter (where owed and not acknowledged),
                count(*) filter (where awaited),
                count(*) filter (where side = 'Asker' and not awaited),
                count(*) filter (where {Waits}),
                coalesce(max(position), 0)
            from node.exchanges x where county = @county
            """);
        command.Parameters.AddWithValue("county", county);
        command.Parameters.AddWithValue("now", now);
        command.Parameters.AddWithValue("since", now - EndedCallsFor);
        command.Parameters.AddWithValue("today", WireTime.DayOf(now));
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        int Count(int column) => (int)reader.GetInt64(column);
        return new(Count(0), Count(1), Count(2), Count(3), Count(4), Count(5), Count(6), Count(7), reader.GetInt64(8));
    }

    /// <summary>How much work came in since a page was shown: the page tells the number and moves nothing by itself.</summary>
    /// <param name="marker"><see cref="WorklistCounts.Marker"/> of that page.</param>
    public async Task<int> NewSinceAsync(string county, long marker, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("""
            select count(*) from node.exchanges where county = $1 and side = 'Receiver' and position > $2 and owed
            """);
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = marker });
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }
}
