using ExchangeHub.Client;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Relay;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Outages;

/// <summary>
/// While a hub takes messages it writes a beat; where no hub has written one for over two minutes, nobody could be in time: all were away, or their
/// database, their broker or a true clock was. The deadlines inside that time move to its end plus an hour: nobody is late by somebody else's fault.
/// </summary>
public sealed partial class OutageWatch(NpgsqlDataSource database, DutyLedger duties, DeliveryRelay relay, RulesWatch rules, IntakeState intake,
    DurableWrite durable, Clocks clocks, ILogger<OutageWatch> log)
    : BackgroundService
{
    /// <summary>How often a beat is written, by the system clock.</summary>
    public static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(10);
    /// <summary>A shorter silence is a restart, no outage.</summary>
    public static readonly TimeSpan OutageOver = TimeSpan.FromMinutes(2);
    // Processes of this hub that look for an outage at the same moment: one finds it. A number of ours.
    const int OneFinder = 7103;
    const int BatchMax = IntakeConsumer.BatchMax;

    const string WriteBeat = "insert into hub.beats (process, at) values ($1, $2) on conflict (process) do update set at = greatest(beats.at, excluded.at)";

    readonly Guid process = Guid.NewGuid();
    readonly SemaphoreSlim beating = new(1);

    /// <summary>Before anything is taken, and with every beat: finds an outage that lies behind us and moves the deadlines inside it, or goes on
    /// where this or another process of the hub left off.</summary>
    /// <returns>How many deadlines moved.</returns>
    public async Task<int> SettleAsync(CancellationToken ct)
    {
        await BeatAsync(ct);
        await rules.RefreshAsync(ct); // an outage is one of them, whichever process of the hub found it
        return await MoveDeadlinesAsync(ct);
    }

    /// <summary>Writes a beat; a silence of all hubs before it is recorded as an outage.</summary>
    /// <returns>Whether one was found.</returns>
    public async Task<bool> BeatAsync(CancellationToken ct)
    {
        await beating.WaitAsync(ct);
        try
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            DateTimeOffset? last;
            await using (var read = new NpgsqlBatch(connection, transaction))
            {
                var asked = clocks.System.GetUtcNow();
                read.Add("select pg_advisory_xact_lock($1)", OneFinder);
                read.Add($"select max(at), {ClockSkew.Theirs} from hub.beats");
                await using var reader = await read.ExecuteReaderAsync(ct);
                await reader.NextResultAsync(ct);
                await reader.ReadAsync(ct);
                last = reader.TimeOrNull(0);
                // A clock that was set forward is no silence: nothing is judged by it.
                ClockSkew.Check(asked, reader.GetFieldValue<DateTimeOffset>(1), clocks.System.GetUtcNow());
            }
            var now = clocks.Now;
            var found = last is { } before && now - before > OutageOver;
            await using var write = new NpgsqlBatch(connection, transaction);
            if (found)
            {
                write.Add("insert into hub.outages (id, began_at, ended_at) values ($1, $2, $3)", Guid.CreateVersion7(now), last, now);
                write.Add(RulesTables.Raise);
            }
            write.Add("delete from hub.beats where at < $1 and process <> $2", now - OutageOver, process);
            write.Add(WriteBeat, process, now);
            await durable.DoAsync(HubWrites.Beat, async () =>
            {
                await write.ExecuteNonQueryAsync(ct);
                await transaction.CommitAsync(ct);
            });
            if (found)
                Found(log, last!.Value, now);
            return found;
        }
        finally
        {
            beating.Release();
        }
    }

    /// <summary>Moves the business clock and writes a beat at its new time before another can be written: a jump is no outage.</summary>
    /// <param name="advance">Moves the clock forward.</param>
    public async Task JumpAsync(Action advance, CancellationToken ct = default)
    {
        await beating.WaitAsync(ct);
        try
        {
            advance();
            await using var command = database.Command(WriteBeat, process, clocks.Now);
            await durable.DoAsync(HubWrites.Beat, () => command.ExecuteNonQueryAsync(ct));
        }
        finally
        {
            beating.Release();
        }
    }

    /// <summary>Moves every deadline inside an outage whose deadlines are not all moved yet. Two processes at it move each once: the locked exchange decides.</summary>
    /// <returns>How many deadlines moved.</returns>
    public async Task<int> MoveDeadlinesAsync(CancellationToken ct)
    {
        var outages = new List<(Guid Id, Outage Outage)>();
        await using (var command = database.Command("select id, began_at, ended_at, unit from hub.outages where moved_at is null order by began_at"))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct))
                outages.Add((reader.GetGuid(0), new(reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2), reader.TextOrNull(3))));

        var moved = 0;
        foreach (var (id, outage) in outages)
        {
            var (after, all) = (Guid.Empty, true);
            while (await InsideAsync(outage, after, ct) is { Count: > 0 } exchanges)
            {
                after = exchanges[^1];
                var awake = exchanges.Except(duties.Resting()).ToList();
                var (facts, passedOver) = await duties.DoAsync(awake, new HubCommand.MoveForOutage(outage), committed => relay.HandOverAsync(committed, ct), ct);
                moved += facts;
                all &= awake.Count == exchanges.Count && passedOver.Count == 0;
            }
            if (!all)
                continue; // a later beat looks again: one that is mended until then is moved, and nothing inside is told as overdue before
            await using var done = database.Command("update hub.outages set moved_at = $2 where id = $1", id, clocks.Now);
            await durable.DoAsync(HubWrites.Moved, () => done.ExecuteNonQueryAsync(ct));
        }
        if (moved > 0)
            Moved(log, moved);
        return moved;
    }

    async Task<IReadOnlyList<Guid>> InsideAsync(Outage outage, Guid after, CancellationToken ct)
    {
        await using var command = database.Command("""
            select distinct exchange_id from hub.obligations
            where due_at > $1 and due_at <= $2 and ended_at is null and (fulfilled_at is null or fulfilled_at >= due_at) and exchange_id > $3
                and ($5::text is null or unit = $5)
            order by exchange_id limit $4
            """, outage.From, outage.To, after, BatchMax, outage.Unit);
        return await command.GuidsAsync(ct);
    }

    /// <summary>One round: where intake takes, a beat says so.</summary>
    /// <returns>How many deadlines moved.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct) => intake.StoppedBy is null ? await SettleAsync(ct) : 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BeatEvery, clocks.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Skipped(log, e); // the next beat finds the silence, and the outages whose deadlines are not all moved
            }
    }

    /// <summary>A hub that is stopped in order while it takes leaves a beat: the silence begins now.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            if (intake.StoppedBy is null)
                await BeatAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseFaults.IsAway(e) || e is OperationCanceledException)
        {
            Skipped(log, e);
        }
    }

    public override void Dispose()
    {
        beating.Dispose();
        base.Dispose();
    }

    [LoggerMessage(2201, LogLevel.Warning, "No hub was there from {From} to {To}: deadlines inside it move")]
    static partial void Found(ILogger log, DateTimeOffset from, DateTimeOffset to);

    [LoggerMessage(2202, LogLevel.Information, "Moved {Count} deadlines")]
    static partial void Moved(ILogger log, int count);

    [LoggerMessage(2203, LogLevel.Warning, "No beat")]
    static partial void Skipped(ILogger log, Exception error);
}
