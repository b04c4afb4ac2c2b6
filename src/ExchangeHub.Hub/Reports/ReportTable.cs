using System.Text.Json;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Hub.Reports;

/// <summary>A day's report of a county, as it was accepted.</summary>
/// <param name="SentAt">By its sender's clock, as its header says.</param>
public sealed record ReportRow(string County, Guid MessageId, DateTimeOffset SentAt, DateTimeOffset AcceptedAt, bool Test, StatisticsReport Report);

/// <summary>What counties reported: counts of a day, and whether a clerk was there.</summary>
public sealed class ReportTable(NpgsqlDataSource database)
{
    internal const string Insert = """
        insert into hub.reports (county, day, accepted_at, message_id, test, signed_in, counts, sent_at)
        select county, day, accepted_at, message_id, test, signed_in, counts::jsonb, sent_at
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as r (county, day, accepted_at, message_id, test, signed_in, counts, sent_at)
        """;

    internal static List<object?> Rows(IReadOnlyList<ReportRow> rows) =>
    [
        rows.Select(r => r.County).ToArray(), rows.Select(r => r.Report.On).ToArray(), rows.Select(r => r.AcceptedAt).ToArray(), rows.Select(r => r.MessageId).ToArray(),
        rows.Select(r => r.Test).ToArray(), rows.Select(r => r.Report.SignedIn is true).ToArray(),
        rows.Select(r => JsonSerializer.Serialize(r.Report, ContractsJson.Default.StatisticsReport)).ToArray(), rows.Select(r => r.SentAt).ToArray(),
    ];

    /// <summary>What holds of each day of a county, the days in order: trials left out, of several reports the one sent last.</summary>
    public async Task<IReadOnlyList<ReportRow>> ListAsync(string county, DateOnly from, DateOnly to, CallerScope caller, CancellationToken ct)
    {
        if (!caller.Covers(county))
            return [];
        await using var command = database.Command("""
            select distinct on (day) message_id, accepted_at, counts::text, sent_at from hub.reports
            where county = $1 and day between $2 and $3 and not test order by day, sent_at desc, accepted_at desc, message_id desc
            """, county, from, to);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<ReportRow>();
        while (await reader.ReadAsync(ct))
            rows.Add(new(county, reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(1), false,
                JsonSerializer.Deserialize(reader.GetString(2), ContractsJson.Default.StatisticsReport)!));
        return rows;
    }
}
