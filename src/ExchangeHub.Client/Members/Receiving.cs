using ExchangeHub.Client.Broker;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client.Members;

/// <summary>
/// One loop for all that comes in: the county's queue, the feed that heals what the queue lost, and exchanges in trouble.
/// A message is acknowledged once its effect is stored.
/// </summary>
sealed class Receiving(string party, IMemberStore store, Consumer consumer, HubApi api, Applying applying, Troubles troubles,
    TimeProvider system, Func<IReadOnlyList<Incoming>, CancellationToken, Task> applied, Func<OperatorNotice, CancellationToken, Task> tell,
    Action changed, ILogger log)
{
    /// <summary>One transaction's worth; also what a crash makes the broker deliver again.</summary>
    const int BatchMax = 100;
    // The queue brings everything; the feed is read at the start and now and then, for what it lost.
    static readonly TimeSpan feedEvery = TimeSpan.FromMinutes(10);
    static readonly TimeSpan retryFirst = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan retryMax = TimeSpan.FromSeconds(30);

    DateTimeOffset feedAt = DateTimeOffset.MinValue;
    TimeSpan feedWait = retryFirst;
    int working;

    public bool IsWorking => Volatile.Read(ref working) > 0;

    public async Task RunAsync(CancellationToken stop)
    {
        var wait = retryFirst;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await HealAsync(stop);
                await CatchUpWhenDueAsync(stop);
                var messages = await NextAsync(stop);
                if (messages.Count > 0)
                    await TakeAsync(messages, stop);
                changed();
                wait = retryFirst;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Nothing was acknowledged: what was in hand goes back to the queue, once, and comes again.
                log.ReceivingWaits(e, party, wait.TotalSeconds);
                await consumer.PauseAsync();
                await Pause.ForAsync(wait, system, stop);
                wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, retryMax.Ticks));
                consumer.Resume();
            }
        }
    }

    /// <summary>Reads both feeds from the stored cursors to their ends: first what we sent, so that what comes meets what we know of it. A cursor moves
    /// only past what is applied.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        if (await applying.CatchUpOwnAsync(ct) is { Count: > 0 } own)
            await applied(own, ct);
        var cursor = await store.CursorAsync(Feeds.Deliveries, ct);
        while (true)
        {
            var page = await api.GetDeliveriesAsync(cursor, ct: ct);
            if (page.Items.Count > 0)
                await ProcessAsync([.. page.Items.Select(Arrival.Of)], ct);
            if (page.Next != cursor && troubles.Count == 0)
                await store.SetCursorAsync(Feeds.Deliveries, page.Next, ct);
            cursor = page.Next;
            if (page.More is not true)
                return;
        }
    }

    async Task TakeAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken ct)
    {
        var arrivals = new List<Arrival>(messages.Count);
        foreach (var message in messages)
        {
            if (Arrival.Read(message) is { } read)
            {
                arrivals.AddRange(read);
                continue;
            }
            // Not a message of the hub by its form: what it should have been, the feed still has.
            await tell(new(NoticeCodes.StampWrong, "message without form"), ct);
            feedAt = DateTimeOffset.MinValue;
        }
        if (arrivals.Exists(a => a is { IsReceipt: false, HintedExchange: null, IsOfNoExchange: false }))
            feedAt = DateTimeOffset.MinValue;
        await ProcessAsync(arrivals, ct);
        await consumer.AckAsync(messages, ct);
    }

    async Task ProcessAsync(IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        Interlocked.Increment(ref working);
        try
        {
            var items = await applying.ApplyAsync(arrivals, ct);
            if (items.Count == 0)
                return;
            // Stored. A crash from here on costs a redelivery, which (c) drops.
            CrashPoint.Reach("node:after-apply");
            if (items.Any(i => i is Incoming.Receipt))
                CrashPoint.Reach("node:after-receipt");
            await applied(items, ct);
        }
        finally
        {
            Interlocked.Decrement(ref working);
            changed();
        }
    }

    async Task HealAsync(CancellationToken ct)
    {
        foreach (var exchange in troubles.TakeDue())
        {
            var last = (await store.RecallAsync([exchange], [], ct)).LastSeq.GetValueOrDefault(exchange);
            IReadOnlyList<Arrival> fetched;
            try
            {
                fetched = await applying.FetchAsync(exchange, last + 1, ct);
            }
            catch (Exception e) when (e is HttpRequestException or HubApiException)
            {
                log.ReceivingFault(party, e.GetType().Name);
                continue;
            }
            await ProcessAsync(fetched, ct);
            var now = (await store.RecallAsync([exchange], [], ct)).LastSeq.GetValueOrDefault(exchange);
            if (now - last >= fetched.Count)
                troubles.Healed(exchange);
            changed(); // after the trouble is gone: who waits for quiet would miss it otherwise
        }
    }

    async Task CatchUpWhenDueAsync(CancellationToken ct)
    {
        if (system.GetUtcNow() < feedAt)
            return;
        feedAt = system.GetUtcNow() + feedWait;
        try
        {
            await CatchUpAsync(ct);
            (feedAt, feedWait) = (system.GetUtcNow() + feedEvery, retryFirst);
        }
        catch (Exception e) when (e is HttpRequestException or HubApiException)
        {
            // The queue goes on without it.
            log.ReceivingFault(party, e.GetType().Name);
            feedWait = TimeSpan.FromTicks(Math.Min(feedWait.Ticks * 2, feedEvery.Ticks));
        }
    }

    // Whatever the queue has, or nothing once a trouble or the feed is due.
    async Task<IReadOnlyList<ReceivedMessage>> NextAsync(CancellationToken stop)
    {
        var until = troubles.NextAt is { } next && next < feedAt ? next : feedAt;
        var wait = until - system.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            return [];
        using var limit = new CancellationTokenSource(wait, system);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await consumer.ReadAsync(BatchMax, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return [];
        }
    }
}
