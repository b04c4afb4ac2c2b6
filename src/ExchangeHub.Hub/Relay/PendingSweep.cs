using ExchangeHub.Client;
using Npgsql;

namespace ExchangeHub.Hub.Relay;

/// <summary>Publishes what some process committed and nobody published: after a crash, a lost channel, a queue that was full.</summary>
public sealed partial class PendingSweep(NpgsqlDataSource database, DeliveryRelay relay, Clocks clocks, ILogger<PendingSweep> log) : BackgroundService
{
    /// <summary>Younger rows are still in the hands of the process that committed them.</summary>
    public static readonly TimeSpan LeftBehindAfter = TimeSpan.FromSeconds(30);
    /// <summary>So long rows are this sweep's alone: longer than it publishes them, since it ends where the broker does not answer.</summary>
    public static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);
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

    /// <summary>Claims up to 200 rows that are left behind, and publishes them outside of any transaction: a broker that does not answer holds no lock.</summary>
    /// <returns>How many statements the broker confirmed.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        if (!await relay.ReachesBrokerAsync(ct))
            return 0;
        var now = clocks.System.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await PendingTable.ClaimAsync(connection, now - LeftBehindAfter, now, now + Claim, relay.Resting(), RowsMax, ct);
        var (confirmed, timedOut) = await relay.SendAsync(connection, [.. rows.Where(r => !r.LostBefore).Select(r => r.Outgoing)], ct);
        if (!timedOut)
            confirmed += (await relay.SendAsync(connection, [.. rows.Where(r => r.LostBefore).Select(r => r.Outgoing)], ct, lostBefore: true)).Confirmed;
        if (confirmed > 0)
            Swept(log, confirmed);
        return confirmed;
    }

    [LoggerMessage(2111, LogLevel.Information, "Published {Count} statements that were left behind")]
    static partial void Swept(ILogger log, int count);

    [LoggerMessage(2112, LogLevel.Warning, "The sweep waits for its next round")]
    static partial void Later(ILogger log, Exception error);
}
