using ExchangeHub.Client;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Quarantine;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>Tells both sides what is due and overdue, closes what nobody confirmed, and sets the dates that waited for a calendar.
/// No figure depends on when it runs.</summary>
public sealed partial class DeadlineClock(NpgsqlDataSource database, DutyLedger duties, DeliveryRelay relay, RulesWatch rules, IntakeLag lag, Clocks clocks,
    ILogger<DeadlineClock> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    /// <summary>Behind by more, a reply in time may still lie in the queue: nothing is told as due or overdue.</summary>
    public static readonly TimeSpan LagMax = TimeSpan.FromMinutes(1);
    const int BatchMax = IntakeConsumer.BatchMax;

    /// <summary>Dates that wait are looked at again this often: a message judged by the rules before may be committed after the look.</summary>
    public static readonly TimeSpan LookAgainEvery = TimeSpan.FromMinutes(10);

    // At: a timestamp, which no set clock moves.
    (long Rules, long At) datesSet = (-1, 0);

    /// <summary>One round: dates first, then up to 200 exchanges with something to tell.</summary>
    /// <returns>How many facts it made: what was told, closed and moved.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        await rules.RefreshAsync(ct);
        var set = datesSet.Rules == rules.Version && clocks.System.GetElapsedTime(datesSet.At) < LookAgainEvery ? 0 : await SetPendingAsync(ct);
        return set + (await lag.MeasureAsync(ct) is { } behind && behind < LagMax ? await FollowUpAsync(ct) : 0);
    }

    async Task<int> FollowUpAsync(CancellationToken ct)
    {
        // Nothing is told of a date inside an outage before it has moved; nor, or closed, while a message of a party lies in quarantine: that is
        // an outage for this exchange, until it is replayed.
        await using var command = database.Command($"""
            select e.id from hub.exchanges e
            where e.look_at <= $1 and e.id <> all($3) and not exists (
                select 1 from hub.outages o join hub.obligations b on b.exchange_id = e.id
                where o.moved_at is null and (o.unit is null or o.unit = b.unit) and b.ended_at is null and b.due_at > o.began_at and b.due_at <= o.ended_at)
            and not exists (
                select 1 from hub.quarantine q where q.exchange_id = e.id and q.county in (e.asker, e.receiver) and {QuarantineDesk.CanBeReplayed})
            order by e.look_at limit $2
            """, clocks.Now, BatchMax, duties.Resting());
        return await DoAsync(await command.GuidsAsync(ct), new HubCommand.FollowUp(), ct);
    }

    // New rules may know a year that was missing.
    async Task<int> SetPendingAsync(CancellationToken ct)
    {
        var (set, after, facts) = ((rules.Version, clocks.System.GetTimestamp()), Guid.Empty, 0);
        while (true)
        {
            await using var command = database.Command("""
                select distinct exchange_id from hub.obligations where due_on is null and ended_at is null and exchange_id > $1 and exchange_id <> all($3)
                order by exchange_id limit $2
                """, after, BatchMax, duties.Resting());
            var exchanges = await command.GuidsAsync(ct);
            if (exchanges.Count == 0)
                break;
            facts += await DoAsync(exchanges, new HubCommand.SetPendingDue(), ct);
            after = exchanges[^1];
        }
        datesSet = set;
        return facts;
    }

    async Task<int> DoAsync(IReadOnlyList<Guid> exchanges, HubCommand command, CancellationToken ct)
    {
        var (facts, _) = await duties.DoAsync(exchanges, command, committed => relay.HandOverAsync(committed, ct), ct);
        if (exchanges.Count > 0)
            Ticked(log, command.GetType().Name, facts);
        return facts;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clocks.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            try
            {
                while (await RunOnceAsync(stoppingToken) >= BatchMax)
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Later(log, e); // the rows are still due: the next tick takes them
            }
    }

    [LoggerMessage(2301, LogLevel.Information, "{Command}: {Facts} facts")]
    static partial void Ticked(ILogger log, string command, int facts);

    [LoggerMessage(2302, LogLevel.Warning, "The deadline clock waits for its next tick")]
    static partial void Later(ILogger log, Exception error);
}
