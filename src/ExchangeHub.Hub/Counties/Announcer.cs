using ExchangeHub.Client;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Counties;

/// <summary>
/// Tells every enrolled county that a registry snapshot or a directory newer than the last it was told of is there (<c>registry-change</c>). Several
/// changes in a row are told as one. A crash before the note tells them again; a county that is told twice looks twice.
/// </summary>
public sealed partial class Announcer(NpgsqlDataSource database, RegistryWatch registry, BatchLedger ledger, DeliveryRelay relay, DurableWrite durable, Clocks clocks,
    ILogger<Announcer> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    /// <summary>Rest per county told: a network that enrols its counties one by one is told at most 50 of them a second, not their square.</summary>
    static readonly TimeSpan RestPerCounty = TimeSpan.FromMilliseconds(20);

    readonly SemaphoreSlim one = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clocks.System);
        var restsUntil = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stoppingToken))
            try
            {
                if (clocks.System.GetUtcNow() >= restsUntil && await RunOnceAsync(stoppingToken) is > 0 and var told)
                    restsUntil = clocks.System.GetUtcNow() + (told * RestPerCounty);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (!DatabaseFaults.IsAway(e)) // that intake says, once
                    Later(log, e);
            }
    }

    /// <summary>Tells them now, if there is something new; waits for a round that is under way here.</summary>
    /// <returns>How many counties were told.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            return await TellAsync(ct);
        }
        finally
        {
            one.Release();
        }
    }

    public override void Dispose()
    {
        one.Dispose();
        base.Dispose();
    }

    async Task<int> TellAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Another process that tells them just now holds the row: there is nothing to do for this one.
        await using var look = connection.Command(transaction, """
            select s.number, v.number from hub.announced a,
                (select coalesce(max(number), 0) as number from hub.registry_snapshots) s, (select number from hub.versions where what = 'directory') v
            where a.snapshot < s.number or a.directory < v.number for update of a skip locked
            """);
        int snapshot, directory;
        await using (var reader = await look.ExecuteReaderAsync(ct))
        {
            if (!await reader.ReadAsync(ct))
                return 0;
            (snapshot, directory) = (reader.GetInt32(0), (int)reader.GetInt64(1));
        }
        await registry.RefreshAsync(ct);
        var counties = registry.Current.Counties.Where(c => registry.Current.MaySend(c, clocks.Now)).ToList();
        if (snapshot == 0)
            return 0; // nobody is enrolled, and nothing could be verified
        foreach (var some in counties.Chunk(IntakeConsumer.BatchMax))
            await relay.HandOverAsync(await ledger.CommitAsync([.. some.Select(c => new Work.Announce(c, snapshot, directory))], ct), ct);
        await using var note = connection.Command(transaction, "update hub.announced set snapshot = $1, directory = $2", snapshot, (long)directory);
        await durable.DoAsync(HubWrites.Announced, async () =>
        {
            await note.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        });
        Told(log, counties.Count, snapshot, directory);
        return counties.Count;
    }

    [LoggerMessage(2601, LogLevel.Information, "Told {Count} counties of snapshot {Snapshot} and directory {Directory}")]
    static partial void Told(ILogger log, int count, int snapshot, int directory);

    [LoggerMessage(2602, LogLevel.Warning, "Counties are told of a change later")]
    static partial void Later(ILogger log, Exception error);
}
