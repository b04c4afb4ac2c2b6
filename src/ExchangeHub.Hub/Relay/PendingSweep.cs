using ExchangeHub.Client;
using Npgsql;

namespace ExchangeHub.Hub.Relay;

/// <summary>Publishes what some process committed and nobody published: after a crash, a lost channel, a queue that was full.</summary>
public sealed partial class PendingSweep(NpgsqlDataSource database, DeliveryRelay relay, DurableWrite durable, Clocks clocks, ILogger<PendingSweep> log) : BackgroundService
{
    /// <summary>Younger rows are still in the hands of the process that committed them.</summary>
    public static readonly TimeSpan LeftBehindAfter = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    const int RowsMax = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clocks.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            try
            {
                while (await RunOnceAsync(stoppingToken) > 0)
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Later(log, e);
            }
    }

    /// <summary>Takes up to 200 rows that are left behind and publishes them.</summary>
    /// <returns>How many statements the broker confirmed.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        if (!await relay.ReachesBrokerAsync(ct))
            return 0;
        var now = clocks.System.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var rows = await PendingTable.TakeAsync(connection, transaction, now - LeftBehindAfter, now, relay.Resting(), RowsMax, ct);
        var confirmed = await relay.SendAsync(connection, transaction, [.. rows.Where(r => !r.LostBefore).Select(r => r.Outgoing)], ct)
            + await relay.SendAsync(connection, transaction, [.. rows.Where(r => r.LostBefore).Select(r => r.Outgoing)], ct, lostBefore: true);
        await durable.DoAsync(HubWrites.Swept, () => transaction.CommitAsync(ct));
        if (confirmed > 0)
            Swept(log, confirmed);
        return confirmed;
    }

    [LoggerMessage(2111, LogLevel.Information, "Published {Count} statements that were left behind")]
    static partial void Swept(ILogger log, int count);

    [LoggerMessage(2112, LogLevel.Warning, "The sweep waits for its next round")]
    static partial void Later(ILogger log, Exception error);
}
