using ExchangeHub.Client;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>Tells both sides what is overdue, and sets the dates that waited for a calendar. No figure depends on when it runs.</summary>
public sealed partial class DeadlineClock(NpgsqlDataSource database, BatchLedger ledger, DeliveryRelay relay, RulesWatch rules, IntakeLag lag, Clocks clocks,
    ILogger<DeadlineClock> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    /// <summary>Behind by more, a reply in time may still lie in the queue: nothing is told as overdue.</summary>
    public static readonly TimeSpan LagMax = TimeSpan.FromMinutes(1);
    const int BatchMax = IntakeConsumer.BatchMax;

    long datesSetWith = -1;

    /// <summary>One round: dates first, then up to 200 exchanges with something overdue.</summary>
    /// <returns>How many facts it made: overdues and moved dates.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        await rules.RefreshAsync(ct);
        var set = datesSetWith == rules.Version ? 0 : await SetPendingAsync(ct);
        return set + (await lag.MeasureAsync(ct) is { } behind && behind < LagMax ? await TellOverdueAsync(ct) : 0);
    }

    async Task<int> TellOverdueAsync(CancellationToken ct)
    {
        await using var command = database.Command("""
            select exchange_id from (
                select exchange_id, due_at from hub.obligations
                where due_at <= $1 and fulfilled_at is null and ended_at is null and withdrawn_at is null and overdue_told_at is null
                order by due_at limit $2) due
            group by exchange_id
            """, clocks.Now - HubCommand.OverdueToldAfter, BatchMax);
        return await DoAsync(await command.GuidsAsync(ct), new HubCommand.GoOverdue(), ct);
    }

    // New rules may know a year that was missing: every date that waits is looked at once.
    async Task<int> SetPendingAsync(CancellationToken ct)
    {
        var (version, after, facts) = (rules.Version, Guid.Empty, 0);
        while (true)
        {
            await using var command = database.Command("""
                select distinct exchange_id from hub.obligations where due_on is null and ended_at is null and exchange_id > $1 order by exchange_id limit $2
                """, after, BatchMax);
            var exchanges = await command.GuidsAsync(ct);
            if (exchanges.Count == 0)
                break;
            facts += await DoAsync(exchanges, new HubCommand.SetPendingDue(), ct);
            after = exchanges[^1];
        }
        datesSetWith = version;
        return facts;
    }

    async Task<int> DoAsync(IReadOnlyList<Guid> exchanges, HubCommand command, CancellationToken ct)
    {
        if (exchanges.Count == 0)
            return 0;
        var committed = await ledger.CommitAsync([.. exchanges.Select(e => new Work.Duty(e, command))], ct);
        await relay.HandOverAsync(committed, ct);
        Ticked(log, command.GetType().Name, committed.Facts);
        return committed.Facts;
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
