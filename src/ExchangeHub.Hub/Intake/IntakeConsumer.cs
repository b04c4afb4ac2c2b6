using System.Diagnostics;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Hub.Quarantine;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Relay;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.Hub.Intake;

/// <summary>
/// Takes submissions from the broker: whatever is there, up to a batch, without waiting for more; two batches at once. Committed, then relayed,
/// then acknowledged. What cannot be settled is left to the broker, which hands it over again: the consumer is paused, never nacked in a loop.
/// </summary>
public sealed partial class IntakeConsumer(BrokerConnection broker, BatchLedger ledger, QuarantineDesk quarantine, DeliveryRelay relay, RegistryWatch registry,
    OutageWatch outages, ClockSkew skew, IntakeState state, Clocks clocks, IOptions<HubOptions> options,
    ILoggerFactory logs) : BackgroundService
{
    /// <summary>Messages in one transaction: the tree, the locks and a poison message's company stay small, throughput gains little beyond.</summary>
    public const int BatchMax = 200;
    /// <summary>One batch commits while the next is decided; more would only wait for the same rows.</summary>
    const int BatchesInFlight = 2;
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    readonly ILogger log = logs.CreateLogger<IntakeConsumer>();
    readonly string hub = options.Value.Id;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var consumer = new Consumer(broker, BrokerNames.Intake, BatchMax * BatchesInFlight, clocks.System, logs.CreateLogger<Consumer>());
        var pause = PauseFirst;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await WhyNotAsync(stoppingToken) is { } reason)
            {
                if (state.StoppedBy != reason)
                    Stopped(log, reason);
                state.Stopped(reason);
                await consumer.PauseAsync();
                await Task.Delay(pause, clocks.System, stoppingToken);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
                continue;
            }
            pause = PauseFirst;
            consumer.Resume();
            consumer.Start();
            if (!consumer.IsConsuming)
            {
                state.Stopped(IntakeState.NoBroker); // for the moment that a subscription takes, or as long as the broker is away
                await consumer.WhenConsumingAsync(stoppingToken);
                continue; // that may have been hours: the outage is found before anything is taken
            }
            state.Taking();
            Taking(log);
            await TakeAsync(consumer, stoppingToken);
            await consumer.PauseAsync();
            await Task.Delay(PauseFirst, clocks.System, stoppingToken); // what failed at once may fail at once again: no hot loop
        }
    }

    /// <summary>The reason why nothing may be taken now; <c>null</c>: take.</summary>
    async Task<string?> WhyNotAsync(CancellationToken ct)
    {
        try
        {
            if (!await skew.IsSmallAsync(ct))
                return IntakeState.ClockSkew;
            await registry.RefreshAsync(ct);
            await outages.SettleAsync(ct); // and reads the rules, of which an outage is one
            return null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return IntakeState.NoSchema;
        }
        catch (InvalidDataException)
        {
            return IntakeState.RegistryInvalid;
        }
        catch (ClockSkewException)
        {
            return IntakeState.ClockSkew;
        }
        catch (Exception e) when (DatabaseFaults.IsAway(e) || e is CommitUncertainException)
        {
            return IntakeState.NoDatabase;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            NotReady(log, e);
            return e.GetType().Name;
        }
    }

    // All end together: when one taker cannot settle its batch, the session ends and everything unsettled comes again.
    async Task TakeAsync(Consumer consumer, CancellationToken stopping)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var takers = Enumerable.Range(0, BatchesInFlight).Select(_ => Task.Run(() => TakerAsync(consumer, session), CancellationToken.None)).ToArray();
        await Task.WhenAll([.. takers, WatchBrokerAsync(consumer, session), WatchDatabaseAsync(session)]);
    }

    // Where nothing comes nothing fails: a database that goes away in a quiet hour is noticed here, so that it is said, and so that the
    // next session finds the outage before anything is taken or told as overdue.
    async Task WatchDatabaseAsync(CancellationTokenSource session)
    {
        using var timer = new PeriodicTimer(LookEvery, clocks.System);
        try
        {
            string? reason = null;
            while (reason is null && await timer.WaitForNextTickAsync(session.Token))
                try
                {
                    if (!await skew.IsSmallAsync(session.Token))
                        reason = IntakeState.ClockSkew;
                }
                catch (Exception e) when (DatabaseFaults.IsAway(e))
                {
                    reason = IntakeState.NoDatabase;
                }
            Stopped(log, reason!);
            state.Stopped(reason!);
            await session.CancelAsync();
        }
        catch (OperationCanceledException) when (session.IsCancellationRequested)
        {
            // Stopping, or a taker gave up and has said why.
        }
    }

    // Without the broker nothing is taken, and that is said. What is in hand comes again; the next session begins by finding the outage.
    async Task WatchBrokerAsync(Consumer consumer, CancellationTokenSource session)
    {
        try
        {
            await consumer.WhenInterruptedAsync(session.Token);
            Stopped(log, IntakeState.NoBroker);
            state.Stopped(IntakeState.NoBroker);
            await session.CancelAsync();
        }
        catch (OperationCanceledException) when (session.IsCancellationRequested)
        {
            // Stopping, or a taker gave up and has said why.
        }
    }

    async Task TakerAsync(Consumer consumer, CancellationTokenSource session)
    {
        while (!session.IsCancellationRequested)
        {
            IReadOnlyList<ReceivedMessage> received;
            try
            {
                received = await consumer.ReadAsync(BatchMax, session.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            state.Took(received.Count);
            try
            {
                await SettleAsync([.. received.Select(Incoming.Of)], session.Token);
                await consumer.AckAsync(received, CancellationToken.None);
            }
            catch (OperationCanceledException) when (session.IsCancellationRequested)
            {
                return; // stopping, or the other taker gave up: not acknowledged, it comes again
            }
            catch (Exception e)
            {
                var reason = e switch
                {
                    CommitUncertainException => IntakeState.CommitUncertain,
                    ClockSkewException => IntakeState.ClockSkew,
                    _ => DatabaseFaults.IsAway(e) ? IntakeState.NoDatabase : e.GetType().Name,
                };
                state.Stopped(reason);
                GaveBack(log, e, received.Count, reason);
                await session.CancelAsync();
                return;
            }
            finally
            {
                state.Settled(received.Count);
            }
        }
    }

    /// <summary>Settles a batch whole: every message is answered, or in quarantine, when this returns.</summary>
    async Task SettleAsync(IReadOnlyList<Incoming> batch, CancellationToken ct)
    {
        var known = new List<Incoming>(batch.Count);
        foreach (var message in batch)
            if (message.County is null || message.MessageId is null)
                await quarantine.KeepUnidentifiedAsync(message, ct);
            else
                known.Add(message);
        await CommitAsync(known, ct);
    }

    // A failed batch is halved until the one that fails stands alone; all others are settled on the way, in their order.
    Task CommitAsync(List<Incoming> batch, CancellationToken ct) => Halves.DoAsync(batch,
        async part =>
        {
            using var spans = new Spans(part.Select(StartSpan));
            var committed = await ledger.CommitAsync(await ScreenAsync(part, ct), ct);
            Took(log, committed.Accepted, committed.Refused, committed.Repeated);
            await relay.HandOverAsync(committed, ct);
        },
        (e, count) => Halving(log, e, count),
        async (poison, e) =>
        {
            Poison(log, e, poison.Submission?.Header.ExchangeId);
            await relay.HandOverAsync(await ledger.CommitAsync([new Work.Hold(poison, e.GetType().Name, MayBeKept(poison))], ct), ct);
        });

    // What fails may be this very look at it: then it is held without its bytes, for one that can neither be judged nor held stops everybody.
    bool MayBeKept(Incoming poison)
    {
        try
        {
            return Screening.MayBeKept(poison, registry.Current, clocks.Now);
        }
        catch (Exception e)
        {
            NotKept(log, e, poison.Submission?.Header.ExchangeId);
            return false;
        }
    }

    async Task<IReadOnlyList<Work>> ScreenAsync(IReadOnlyList<Incoming> batch, CancellationToken ct)
    {
        var at = clocks.Now;
        var screened = Screen();
        // Another process of the hub may know a county that this one has not read yet: look before refusing for that.
        if (screened.Any(s => Screening.DependsOnRegistry(s.Screened)) && await registry.RefreshAsync(ct))
            screened = Screen();
        return screened;

        List<Work.Judge> Screen() => [.. batch.Select(m => new Work.Judge(m, Screening.Screen(m, hub, registry.Current, at)))];
    }

    static Activity? StartSpan(Incoming message) =>
        Tracing.Process(BrokerNames.Intake, message.Submission?.Header.ExchangeId ?? Guid.Empty, message.Submission?.Header.MessageId, message.Properties.TraceParent);

    [LoggerMessage(2001, LogLevel.Debug, "Accepted {Accepted}, refused {Refused}, answered {Repeated} again")]
    static partial void Took(ILogger log, int accepted, int refused, int repeated);

    [LoggerMessage(2002, LogLevel.Warning, "A batch of {Count} failed and is halved")]
    static partial void Halving(ILogger log, Exception error, int count);

    [LoggerMessage(2003, LogLevel.Error, "A message of exchange {ExchangeId} fails by our own fault and is quarantined")]
    static partial void Poison(ILogger log, Exception error, Guid? exchangeId);

    [LoggerMessage(2008, LogLevel.Error, "A message of exchange {ExchangeId} is quarantined without its bytes")]
    static partial void NotKept(ILogger log, Exception error, Guid? exchangeId);

    [LoggerMessage(2004, LogLevel.Warning, "Gave {Count} messages back to the broker: {Reason}")]
    static partial void GaveBack(ILogger log, Exception error, int count, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "Intake takes nothing: {Reason}")]
    static partial void Stopped(ILogger log, string reason);

    [LoggerMessage(2007, LogLevel.Error, "Intake cannot begin")]
    static partial void NotReady(ILogger log, Exception error);

    [LoggerMessage(2006, LogLevel.Information, "Intake takes messages")]
    static partial void Taking(ILogger log);
}
