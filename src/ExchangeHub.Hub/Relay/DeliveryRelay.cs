using System.Threading.Channels;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Ledger;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub.Relay;

/// <summary>
/// Publishes what a batch has committed, from memory, and deletes its pending rows once the broker has confirmed. What a crash, a lost channel
/// or a full queue leaves behind, <see cref="PendingSweep"/> of any process takes up. So: at least once; the receiver drops what it has.
/// </summary>
public sealed partial class DeliveryRelay : BackgroundService, IAsyncDisposable
{
    // Batches committed and not yet published: when it is full, intake waits, so memory stays bounded.
    const int BatchesMax = 16;
    /// <summary>A message that lost its channel alone, after it had lost one in company, rests this long: it may be what kills channels.</summary>
    static readonly TimeSpan LostTwiceRests = TimeSpan.FromMinutes(15);

    readonly Channel<Committed> committed = Channel.CreateBounded<Committed>(new BoundedChannelOptions(BatchesMax) { SingleReader = true });
    readonly BrokerConnection connection;
    readonly Publisher publisher;
    readonly ParkedCounties parked;
    readonly NpgsqlDataSource database;
    readonly DutyLedger duties;
    readonly DurableWrite durable;
    readonly Clocks clocks;
    readonly ILogger log;
    int inHand;

    public DeliveryRelay(NpgsqlDataSource database, DutyLedger duties, DurableWrite durable, Clocks clocks, IOptions<HubOptions> options, ILoggerFactory logs)
    {
        (this.database, this.duties, this.durable, this.clocks) = (database, duties, durable, clocks);
        log = logs.CreateLogger<DeliveryRelay>();
        // Its own connection: the broker slows down connections that publish, and intake must not be slowed with them.
        connection = new BrokerConnection(new Uri(options.Value.Broker), $"{options.Value.Id} relay", logs.CreateLogger<BrokerConnection>());
        publisher = new Publisher(connection, clocks.System, logs.CreateLogger<Publisher>());
        parked = new ParkedCounties(clocks.System);
    }

    /// <summary>Batches handed over and not yet published.</summary>
    public int InHand => Volatile.Read(ref inHand);

    /// <summary>Takes a committed batch; waits while too many lie here.</summary>
    public async Task HandOverAsync(Committed batch, CancellationToken ct)
    {
        if (batch.Outgoing.Count == 0)
            return;
        Interlocked.Increment(ref inHand);
        try
        {
            await committed.Writer.WriteAsync(batch, ct);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref inHand); // stopping: the rows are pending, the sweep takes them
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await committed.Reader.WaitToReadAsync(stoppingToken))
        {
            var batches = new List<Committed>();
            while (batches.Count < BatchesMax && committed.Reader.TryRead(out var batch))
                batches.Add(batch);
            try
            {
                await using var own = await database.OpenConnectionAsync(stoppingToken);
                await SendAsync(own, [.. batches.SelectMany(b => b.Outgoing)], stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LeftPending(log, e, batches.Count);
            }
            finally
            {
                Interlocked.Add(ref inHand, -batches.Count);
            }
        }
    }

    /// <summary>Counties whose messages rest.</summary>
    internal string[] Resting() => parked.Resting();

    /// <summary>Whether the broker can be reached at all: when not, no message is to blame.</summary>
    internal async Task<bool> ReachesBrokerAsync(CancellationToken ct)
    {
        try
        {
            await connection.OpenAsync(ct);
            return true;
        }
        catch (Exception e) when (BrokerConnection.IsBrokerFault(e) && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Publishes and notes what became of it, on the given connection.</summary>
    /// <param name="lostBefore">Each of these already lost a channel: they go one by one, so that the guilty one is found.</param>
    /// <returns>How many statements the broker has confirmed, and whether it let one wait too long: what follows is then not tried.</returns>
    internal async Task<(int Confirmed, bool TimedOut)> SendAsync(NpgsqlConnection own, IReadOnlyList<Outgoing> outgoing, CancellationToken ct, bool lostBefore = false)
    {
        var parcels = Parcel.Pack(outgoing.Where(o => !parked.Rests(o.Addressee)));
        if (parcels.Count == 0)
            return (0, false);
        var outcomes = await PublishAsync(parcels, oneByOne: lostBefore, ct);
        CrashPoint.Reach("hub:after-publish");

        var confirmed = new List<Outgoing>();
        var lost = new List<Outgoing>();
        for (var i = 0; i < outcomes.Count; i++)
            switch (outcomes[i])
            {
                case PublishOutcome.Confirmed:
                    confirmed.AddRange(parcels[i].Contents);
                    parked.Release(parcels[i].County);
                    break;
                case PublishOutcome.Returned or PublishOutcome.Refused:
                    var until = parked.Park(parcels[i].County);
                    Parked(log, parcels[i].County, outcomes[i].ToString());
                    await using (var note = PendingTable.Failed(own, parcels[i].Contents, outcomes[i].ToString(), until))
                        await durable.DoAsync(HubWrites.Parked, () => note.ExecuteNonQueryAsync(ct));
                    break;
                case PublishOutcome.TimedOut when lostBefore:
                    break; // the broker is slow, this one is not to blame: it waits as it is
                default:
                    lost.AddRange(parcels[i].Contents);
                    break;
            }
        if (lost.Count > 0)
            await using (var note = PendingTable.Failed(own, lost, PendingTable.Lost, lostBefore ? clocks.System.GetUtcNow() + LostTwiceRests : null))
                await durable.DoAsync(HubWrites.Parked, () => note.ExecuteNonQueryAsync(ct));
        await ConfirmedAsync(own, confirmed, ct);
        return (confirmed.Count, outcomes.Contains(PublishOutcome.TimedOut));
    }

    async Task ConfirmedAsync(NpgsqlConnection own, List<Outgoing> confirmed, CancellationToken ct)
    {
        if (confirmed.Count == 0)
            return;
        var now = clocks.Now;
        // Before the rows go: a crash in between publishes again and counts anew from then, never not at all.
        var late = confirmed.OfType<Outgoing.Delivery>().Where(d => d.Opens && now - d.AcceptedAt > HubCommand.DeliveredLateAfter).ToList();
        if (late.Count > 0)
        {
            DeliveredLate(log, late.Count);
            var (_, passedOver) = await duties.DoAsync([.. late.Select(d => d.ExchangeId!.Value)], new HubCommand.CountAnew(now), HandOverWhereRoomAsync, ct);
            // Not noted as delivered: sent again later, when the exchange may be mended, and counted from then.
            var uncounted = late.FindAll(d => passedOver.Contains(d.ExchangeId!.Value));
            confirmed.RemoveAll(uncounted.Contains);
            if (uncounted.Count > 0)
                await using (var note = PendingTable.Failed(own, uncounted, PendingTable.Uncounted, clocks.System.GetUtcNow() + DutyLedger.Rest))
                    await durable.DoAsync(HubWrites.Parked, () => note.ExecuteNonQueryAsync(ct));
        }
        await using var gone = PendingTable.Confirmed(own, confirmed, now);
        await durable.DoAsync(HubWrites.Confirmed, () => gone.ExecuteNonQueryAsync(ct));
        CrashPoint.Reach("hub:after-confirm");
    }

    // Full: its rows are pending, the sweep takes them.
    Task HandOverWhereRoomAsync(Committed moved)
    {
        if (moved.Outgoing.Count > 0 && committed.Writer.TryWrite(moved))
            Interlocked.Increment(ref inHand);
        return Task.CompletedTask;
    }

    /// <returns>For each parcel what became of it; fewer where the rest was not tried.</returns>
    async Task<IReadOnlyList<PublishOutcome>> PublishAsync(IReadOnlyList<Parcel> parcels, bool oneByOne, CancellationToken ct)
    {
        IReadOnlyList<PublishOutcome> outcomes = [];
        using var spans = new Spans(parcels.SelectMany(p => p.Contents).OfType<Outgoing.Delivery>()
            .Select(d => Tracing.Publish(BrokerNames.Deliver, d.ExchangeId ?? d.MessageId, d.MessageId, d.TraceParent)));
        try
        {
            await durable.DoAsync(HubWrites.Publish, async () =>
            {
                if (!oneByOne)
                {
                    outcomes = await publisher.PublishManyAsync([.. parcels.Select(p => p.Message)], ct);
                    return;
                }
                var each = new List<PublishOutcome>(parcels.Count);
                for (var i = 0; i < parcels.Count && !each.Contains(PublishOutcome.TimedOut); i++)
                    each.Add(await publisher.PublishAsync(parcels[i].Message, ct));
                outcomes = each;
            });
            return outcomes;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return [.. parcels.Select(_ => PublishOutcome.Lost)]; // it may be there: published again, dropped by the receiver
        }
    }

    /// <summary>What was handed over is published before the process ends; intake has stopped by then.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        committed.Writer.TryComplete();
        if (ExecuteTask is { } running)
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await publisher.DisposeAsync();
        await connection.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [LoggerMessage(2101, LogLevel.Warning, "{Count} batches stay pending")]
    static partial void LeftPending(ILogger log, Exception error, int count);

    [LoggerMessage(2102, LogLevel.Warning, "Messages to {County} rest: {Reason}")]
    static partial void Parked(ILogger log, string county, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "{Count} deliveries were confirmed late; their deadlines count anew")]
    static partial void DeliveredLate(ILogger log, int count);
}
