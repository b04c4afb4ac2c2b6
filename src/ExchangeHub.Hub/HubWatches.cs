using ExchangeHub.Client;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Schema;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub;

/// <summary>Looks once a second at what other processes of this hub may have changed, and every ten at what is measured.</summary>
sealed partial class HubWatches(NpgsqlDataSource database, RegistryWatch registry, IntakeLag lag, HubMetrics metrics, DemoClock demo, Clocks clocks,
    IOptions<HubOptions> options, ILogger<HubWatches> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    const int MeasureEvery = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clocks.System);
        for (var tick = 1; await timer.WaitForNextTickAsync(stoppingToken); tick++)
            try
            {
                await registry.RefreshAsync(stoppingToken);
                if (options.Value.DemoClock)
                    await demo.FollowAsync(database, stoppingToken);
                if (tick % MeasureEvery == 0)
                    await MeasureAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (!DatabaseFaults.IsAway(e)) // that intake says, once
                    Missed(log, e);
            }
    }

    async Task MeasureAsync(CancellationToken ct)
    {
        await using var command = database.Command("""
            select (select count(*) from hub.pending),
                   (select count(*) from hub.obligations where due_at <= $1 and fulfilled_at is null and ended_at is null and withdrawn_at is null)
            """, clocks.Now);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        metrics.Seen(await lag.MeasureAsync(ct) ?? TimeSpan.Zero, reader.GetInt64(0), reader.GetInt64(1));
    }

    [LoggerMessage(2501, LogLevel.Warning, "A look at the database failed")]
    static partial void Missed(ILogger log, Exception error);
}
