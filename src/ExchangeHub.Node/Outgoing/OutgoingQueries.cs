using ExchangeHub.Web.Api;
using Npgsql;

namespace ExchangeHub.Node.Outgoing;

/// <summary>One own message and what became of it.</summary>
/// <param name="State"><c>waiting</c>, <c>accepted</c>, <c>refused</c> or <c>held</c>.</param>
/// <param name="Codes">Why it was refused.</param>
/// <param name="Fields">JSON Pointers beside the codes.</param>
/// <param name="StoredAt">Business time, UTC.</param>
/// <param name="Published">Whether the broker has confirmed it at least once; not yet while the broker is away.</param>
/// <param name="ReceiptAt">The hub's time of its verdict, UTC.</param>
public sealed record OutgoingRow(Guid MessageId, Guid ExchangeId, string Kind, string To, string State, IReadOnlyList<string> Codes, IReadOnlyList<string> Fields,
    DateTimeOffset StoredAt, DateTimeOffset? ReceiptAt, bool Published)
{
    /// <summary>A text for each code, in the reader's language.</summary>
    public IReadOnlyList<string> Texts => [.. Codes.Select(Problems.TitleOf)];
}

/// <summary>A page of own messages, newest first.</summary>
/// <param name="Next">Opaque; <c>null</c> on the last page.</param>
public sealed record OutgoingPage(IReadOnlyList<OutgoingRow> Rows, string? Next);

/// <summary>What a county sent and sends.</summary>
public sealed class OutgoingQueries(NpgsqlDataSource source)
{
    public const int PageMax = 200;

    /// <summary>Whether a text can be <see cref="OutgoingPage.Next"/> of a page.</summary>
    public static bool GaveOut(string after) => TryCursor(after, out _);

    /// <param name="waitingOnly">Only what has no receipt yet.</param>
    /// <param name="after"><see cref="OutgoingPage.Next"/> of the page before.</param>
    public async Task<OutgoingPage> ListAsync(string county, bool waitingOnly, string? after = null, int limit = 50, CancellationToken ct = default)
    {
        limit = Math.Clamp(limit, 1, PageMax);
        await using var command = source.CreateCommand("""
            select position, message_id, exchange_id, kind, receiver, state, coalesce(codes, '{}'), coalesce(fields, '{}'), stored_at, receipt_at, tries
            from node.outgoing where county = $1 and position < $2 and (not $3 or state = 'waiting') order by position desc limit $4
            """);
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = TryCursor(after, out var before) ? before : long.MaxValue });
        command.Parameters.Add(new() { Value = waitingOnly });
        command.Parameters.Add(new() { Value = limit + 1 });
        var rows = new List<(long Position, OutgoingRow Row)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add((reader.GetInt64(0), new(reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                await reader.GetFieldValueAsync<string[]>(6, ct), await reader.GetFieldValueAsync<string[]>(7, ct),
                await reader.GetFieldValueAsync<DateTimeOffset>(8, ct), Time(reader, 9), reader.GetInt32(10) > 0)));
        var more = rows.Count > limit;
        if (more)
            rows.RemoveAt(limit);
        return new([.. rows.Select(r => r.Row)], more ? Cursor(rows[^1].Position) : null);
    }

    /// <summary>How many own messages have no receipt yet, and when the oldest was stored: shown while hub or broker are away.</summary>
    public async Task<(int Count, DateTimeOffset? Since)> WaitingAsync(string county, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand("select count(*), min(stored_at) from node.outgoing where county = $1 and state = 'waiting'");
        command.Parameters.Add(new() { Value = county });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return ((int)reader.GetInt64(0), Time(reader, 1));
    }

    static bool TryCursor(string? text, out long before) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out before);

    static string Cursor(long position) => position.ToString(System.Globalization.CultureInfo.InvariantCulture);

    static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
