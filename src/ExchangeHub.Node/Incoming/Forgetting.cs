using ExchangeHub.Client;
using ExchangeHub.Contracts.Wire;
using Npgsql;

namespace ExchangeHub.Node.Incoming;

/// <summary>Forgets the ids of messages applied longer ago than the hub takes old ones: they cannot come back.</summary>
sealed class Forgetting(NpgsqlDataSource source, Clocks clocks, ILogger<Forgetting> log) : BackgroundService
{
    const int RowsAtOnce = 1_000;
    static readonly TimeSpan interval = TimeSpan.FromHours(6);

    /// <summary>Forgets up to a bounded number of ids.</summary>
    /// <returns>How many were forgotten.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        // A day more than the wire demands: two clocks may differ.
        var before = clocks.Now - Limits.SentAtBehindMax - TimeSpan.FromDays(1);
        await using var command = source.CreateCommand("""
            delete from node.applied where ctid = any(array(select ctid from node.applied where applied_at < $1 limit $2))
            """);
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        return await command.ExecuteNonQueryAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clocks.System);
        try
        {
            do
            {
                try
                {
                    while (await RunOnceAsync(stoppingToken) == RowsAtOnce)
                    {
                    }
                }
                catch (NpgsqlException e)
                {
                    IncomingLog.ForgettingFailed(log, e.SqlState ?? e.GetType().Name);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
