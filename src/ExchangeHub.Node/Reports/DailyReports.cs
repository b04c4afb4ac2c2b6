using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Movements;
using ExchangeHub.Node.Outgoing;
using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Node.Reports;

/// <summary>A report that was stored and goes out.</summary>
public sealed record SentReport(Guid MessageId, StatisticsReport Report);

/// <summary>Tells the hub each day's counts of a county and whether a clerk was there: counts only, never names. A later report of a day takes the earlier one's place.</summary>
public sealed class DailyReports(NpgsqlDataSource source, HostedCounties counties, MovementRecords movements, PeopleAccounts accounts, DurableWrite durable, Clocks clocks,
    ILogger<DailyReports> log) : BackgroundService
{
    /// <summary>How far back a node that was away catches up by itself.</summary>
    const int CatchUpDays = 31;
    /// <summary>After a refusal, until the next try.</summary>
    static readonly TimeSpan againAfter = TimeSpan.FromHours(1);
    static readonly TimeSpan interval = TimeSpan.FromMinutes(10);

    /// <summary>Sends the report of a day by a county's own hand.</summary>
    /// <param name="on">Today or earlier, in Asia/Shanghai.</param>
    /// <param name="automatic">No person asked for it.</param>
    /// <returns>The report; or why nothing can be sent now.</returns>
    public async Task<(SentReport? Sent, IReadOnlyList<Refusal> Errors)> SendAsync(string county, DateOnly on, bool automatic, CancellationToken ct = default)
    {
        if (counties.Find(county) is not { } hosted)
            return (null, [new(NodeCodes.CountyNotHosted, "")]);
        var report = await CountAsync(county, on, ct);
        OutgoingMessage message;
        try
        {
            var header = hosted.Member.NewHeader(Kinds.StatisticsReport, hosted.Member.Hub) with { Automatic = automatic };
            message = await hosted.Member.SealAsync(header, Contents.Write(report), ct);
        }
        catch (SealException e)
        {
            return (null, e.Refusals);
        }
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OutgoingTable.Add(message, actor: null), Noted(county, on, message.Header) } };
        await durable.DoAsync(NodeWrites.Report, () => batch.ExecuteNonQueryAsync(ct));
        hosted.Member.OutgoingStored();
        return (new(message.Header.MessageId, report), []);
    }

    /// <summary>Sends what is due: each day that has ended and was not reported, of every county here. What one county cannot send now is no other's fault.</summary>
    /// <returns>How many reports were stored.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct = default)
    {
        var sent = 0;
        foreach (var county in counties.All)
            try
            {
                sent += await CatchUpAsync(county.Code, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is not OutOfMemoryException)
            {
                ReportLog.NotSent(log, county.Code, (e as PostgresException)?.SqlState ?? e.GetType().Name);
            }
        return sent;
    }

    async Task<int> CatchUpAsync(string county, CancellationToken ct)
    {
        var sent = 0;
        foreach (var day in await DueAsync(county, WireTime.DayOf(clocks.Now).AddDays(-1), ct))
        {
            var (report, errors) = await SendAsync(county, day, automatic: true, ct);
            if (report is null)
            {
                ReportLog.NotSent(log, county, errors[0].Code);
                break;
            }
            sent++;
        }
        return sent;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clocks.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RunOnceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    async Task<StatisticsReport> CountAsync(string county, DateOnly on, CancellationToken ct)
    {
        var counted = await movements.CountAsync(county, WireTime.StartOf(on), WireTime.StartOf(on.AddDays(1)), ct);
        return new(on, await accounts.SignedInAsync(county, on, ct) ? true : null, counted.Recorded, counted.Notified, counted.Recorded, counted.NotifiedThatDay,
            counted.ActiveOut, counted.ContactsConfirmed, counted.OneSided);
    }

    // The days since the first that was reported of which no report stands; of a county that never reported, yesterday alone. Where the hub has just
    // refused one, nothing: what was wrong may be over later, and if it never is, the hub is not asked without end.
    async Task<IReadOnlyList<DateOnly>> DueAsync(string county, DateOnly yesterday, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select d::date from generate_series($3::date, $2::date, interval '1 day') d
            where d >= coalesce((select min(day) from node.reports where county = $1), $2)
                and not exists (select from node.reports r where r.county = $1 and r.day = d and r.refused_at is null)
                and not exists (select from node.reports r where r.county = $1 and r.refused_at > $4)
            order by d
            """);
        command.Parameters.Add(new() { Value = county });
        command.Parameters.Add(new() { Value = yesterday });
        command.Parameters.Add(new() { Value = yesterday.AddDays(1 - CatchUpDays) });
        command.Parameters.Add(new() { Value = clocks.Now - againAfter });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var days = new List<DateOnly>();
        while (await reader.ReadAsync(ct))
            days.Add(await reader.GetFieldValueAsync<DateOnly>(0, ct));
        return days;
    }

    /// <summary>The hub refused a report: its day is due again.</summary>
    internal static NpgsqlBatchCommand Refused(string county, Guid messageId, DateTimeOffset at) => new("update node.reports set refused_at = $3 where county = $1 and message_id = $2")
    {
        Parameters = { new() { Value = county }, new() { Value = messageId }, new() { Value = at } },
    };

    // A report sent while the day lasts is not its last word: the day is still due.
    static NpgsqlBatchCommand Noted(string county, DateOnly on, Header header) => new("""
        insert into node.reports (county, day, message_id, sent_at) select $1, $2, $3, $4 where $4 >= $5
        on conflict (county, day) do update set message_id = excluded.message_id, sent_at = excluded.sent_at, refused_at = null
        """)
    {
        Parameters =
        {
            new() { Value = county }, new() { Value = on }, new() { Value = header.MessageId }, new() { Value = header.SentAt },
            new() { Value = WireTime.StartOf(on.AddDays(1)) },
        },
    };
}

static partial class ReportLog
{
    [LoggerMessage(3201, LogLevel.Warning, "The day's report of {County} was not sent ({Reason}); the next try is in some minutes")]
    public static partial void NotSent(ILogger log, string county, string reason);
}
