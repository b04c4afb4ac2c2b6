using ExchangeHub.Contracts;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.Client.Members;

/// <summary>
/// What becomes of arrivals: checks (a) to (e) in the wire's order with their consequences, then one transaction of the store.
/// Nothing that arrives makes it throw; only a store or hub that is away does.
/// </summary>
sealed class Applying(string party, IMemberStore store, HubApi api, Reading reading, OwnReceipts receipts, Troubles troubles,
    Func<OperatorNotice, CancellationToken, Task> tell, Func<Header, CancellationToken, Task<OutgoingMessage?>> unreadable, ILogger log)
{
    /// <summary>Applies what can be applied; the rest is a repeat, told to the operator, or noted in the troubles.</summary>
    /// <returns>The items that were applied.</returns>
    public async Task<IReadOnlyList<Incoming>> ApplyAsync(IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        var stamped = await StampedAsync(arrivals, ct);
        var items = new List<Incoming>(await receipts.ItemsAsync([.. stamped.Where(s => s.Arrival.IsReceipt)], ct));
        var deliveries = stamped.Where(s => !s.Arrival.IsReceipt).ToList();
        var (inOrder, recovered) = await InOrderAsync(deliveries.Where(s => s.Place is not null).ToLookup(s => s.Place!.Value.Exchange), ct);
        var opened = await OpenedAsync([.. deliveries.Where(s => s.Place is null), .. inOrder], ct);
        items.AddRange(await NotAppliedBeforeAsync(opened, ct));
        if (items.Count == 0)
            return recovered;
        var applied = await StoreAsync(items, ct);
        foreach (var item in applied)
            await TellAsync(item, ct);
        return [.. recovered, .. applied];
    }

    /// <summary>Reads the feed of own receipts from the stored cursor to its end. The cursor moves only past what is applied.</summary>
    /// <returns>What the queue had not brought.</returns>
    public async Task<IReadOnlyList<Incoming>> CatchUpOwnAsync(CancellationToken ct)
    {
        var cursor = await store.CursorAsync(Feeds.Receipts, ct);
        var (applied, whole) = (new List<Incoming>(), true);
        while (true)
        {
            var page = await api.GetReceiptsAsync(cursor, ct: ct);
            var stamped = await StampedAsync([.. page.Items.Select(Arrival.OfReceipt)], ct);
            var items = await receipts.ItemsAsync(stamped, ct);
            var taken = items.Count == 0 ? items : await StoreAsync(items, ct);
            applied.AddRange(taken);
            whole &= stamped.Count == page.Items.Count && taken.Count == items.Count;
            if (page.Next != cursor && whole)
                await store.SetCursorAsync(Feeds.Receipts, page.Next, ct);
            cursor = page.Next;
            if (page.More is not true)
                return applied;
        }
    }

    /// <summary>The own deliveries of an exchange from a <c>seq</c> on, as the hub keeps them.</summary>
    public async Task<IReadOnlyList<Arrival>> FetchAsync(Guid exchange, int fromSeq, CancellationToken ct)
    {
        var arrivals = new List<Arrival>();
        while (true)
        {
            var page = await api.GetDeliveriesAsync(exchange, fromSeq + arrivals.Count, ct);
            arrivals.AddRange(page.Items.Select(Arrival.Of));
            if (page.More is not true || page.Items.Count == 0)
                return arrivals;
        }
    }

    async Task<List<Stamped>> StampedAsync(IReadOnlyList<Arrival> arrivals, CancellationToken ct)
    {
        var checkedOnes = await InParallelAsync(arrivals, reading.StampAsync, ct);
        for (var i = 0; i < arrivals.Count; i++)
        {
            if (checkedOnes[i] is not null)
                continue;
            // The hub's fault: not applied, seq stays, the operator told, fetched again. A receipt comes again with the next try.
            var exchange = arrivals[i].IsReceipt ? null : arrivals[i].HintedExchange;
            await tell(new(NoticeCodes.StampWrong, arrivals[i].IsReceipt ? "receipt" : "delivery", exchange), ct);
            if (exchange is { } hinted)
                troubles.Note(hinted);
        }
        return [.. checkedOnes.OfType<Stamped>()];
    }

    // Check (c): what is there is dropped, a gap is fetched.
    async Task<(List<Stamped> Next, IReadOnlyList<Incoming> Recovered)> InOrderAsync(ILookup<Guid, Stamped> byExchange, CancellationToken ct)
    {
        var next = new List<Stamped>();
        if (byExchange.Count == 0)
            return (next, []);
        var remembered = await store.RecallAsync([.. byExchange.Select(g => g.Key)], [], ct);
        var (strange, recovered) = await BegunByUsAsync([.. byExchange.Where(g => !remembered.Here.Contains(g.Key) && !g.Any(IsOpening))], ct);
        foreach (var exchange in byExchange.Where(g => !strange.Contains(g.Key)))
            next.AddRange(await NextOfAsync(exchange.Key, [.. exchange], remembered.LastSeq.GetValueOrDefault(exchange.Key), ct));
        return (next, recovered);
    }

    static bool IsOpening(Stamped s) => s.Verified.Statement is AcceptedStatement accepted && Kinds.Submitted.GetValueOrDefault(accepted.Kind) is { Opens: true };

    // Something comes in an exchange that is not here and that nobody opens: we did, after the copy that this store was restored from. The own
    // receipts tell of it; as long as the hub cannot be asked, what came waits in the hub's feed.
    async Task<(HashSet<Guid> Waiting, IReadOnlyList<Incoming> Recovered)> BegunByUsAsync(IReadOnlyList<IGrouping<Guid, Stamped>> strange, CancellationToken ct)
    {
        if (strange.Count == 0)
            return ([], []);
        try
        {
            return ([], await CatchUpOwnAsync(ct));
        }
        catch (Exception e) when (e is HttpRequestException or HubApiException)
        {
            log.ReceivingFault(party, e.GetType().Name);
            foreach (var exchange in strange)
                troubles.Note(exchange.Key);
            return ([.. strange.Select(g => g.Key)], []);
        }
    }

    async Task<List<Stamped>> NextOfAsync(Guid exchange, List<Stamped> arrived, int last, CancellationToken ct)
    {
        var taken = new SortedDictionary<int, Stamped>();
        var after = last;
        await TakeAsync(arrived);
        if (arrived.Exists(s => s.Place!.Value.Seq > after))
        {
            try
            {
                var fetched = await StampedAsync(await FetchAsync(exchange, after + 1, ct), ct);
                await TakeAsync([.. fetched.Where(s => s.Place?.Exchange == exchange), .. arrived.Where(s => s.Place!.Value.Seq > after)]);
            }
            catch (Exception e) when (e is HttpRequestException or HubApiException)
            {
                log.ReceivingFault(party, e.GetType().Name);
            }
            if (arrived.Exists(s => s.Place!.Value.Seq > after))
                troubles.Note(exchange);
        }
        return [.. taken.Values];

        async Task TakeAsync(IEnumerable<Stamped> from)
        {
            foreach (var s in from.OrderBy(s => s.Place!.Value.Seq))
            {
                var seq = s.Place!.Value.Seq;
                if (seq == after + 1)
                    taken[after = seq] = s;
                else if (seq <= after)
                    await RepeatAsync(s, taken.TryGetValue(seq, out var now) ? now.Verified.LeafHash : await store.LeafHashAsync(exchange, seq, ct));
            }
        }

        async Task RepeatAsync(Stamped s, string? leafHash)
        {
            if (leafHash is not null && leafHash != s.Verified.LeafHash)
                await tell(new(NoticeCodes.SeqFraud, $"seq {s.Place!.Value.Seq}", exchange), ct);
        }
    }

    Task<Incoming[]> OpenedAsync(IReadOnlyList<Stamped> stamped, CancellationToken ct) =>
        InParallelAsync(stamped, (s, token) => reading.OpenAsync(s, unreadable, token), ct);

    // Check (e): one (issuer, jti) has one effect, wherever it stands.
    async Task<IEnumerable<Incoming>> NotAppliedBeforeAsync(Incoming[] opened, CancellationToken ct)
    {
        var ids = opened.OfType<Incoming.Message>().Select(m => (m.Header.From, m.Header.MessageId)).ToList();
        if (ids.Count == 0)
            return opened;
        var seen = new HashSet<(string, Guid)>((await store.RecallAsync([], ids, ct)).Applied);
        return [.. opened.Select(item => item is Incoming.Message m && !seen.Add((m.Header.From, m.Header.MessageId))
            ? new Incoming.PutAside(m.Accepted, m.Stamp, m.LeafHash, m.Body, NoticeCodes.RepeatedId, NoticeCodes.RepeatedId, Answer: null)
            : item)];
    }

    async Task<IReadOnlyList<Incoming>> StoreAsync(IReadOnlyList<Incoming> items, CancellationToken ct)
    {
        try
        {
            await store.ApplyAsync(items, ct);
            return items;
        }
        catch (Exception e) when (items.Count > 1 && e is not OperationCanceledException)
        {
            return await OneByOneAsync(items, ct);
        }
    }

    // One item that the owner's code cannot digest must not hold up the others.
    async Task<IReadOnlyList<Incoming>> OneByOneAsync(IReadOnlyList<Incoming> items, CancellationToken ct)
    {
        var (applied, failed) = (new List<Incoming>(), new HashSet<Guid>());
        Exception? fault = null;
        foreach (var item in items)
        {
            var exchange = ExchangeOf(item);
            if (exchange is { } of && failed.Contains(of))
                continue;
            try
            {
                await store.ApplyAsync([item], ct);
                applied.Add(item);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                fault = e;
                log.NotApplied(e, party, exchange);
                if (exchange is { } troubled && failed.Add(troubled))
                    troubles.Note(troubled);
            }
        }
        // None at all: the store is away, not an item to blame.
        return applied.Count == 0 && fault is not null ? throw new IOException("The store took nothing.", fault) : applied;
    }

    static Guid? ExchangeOf(Incoming item) => item switch
    {
        Incoming.Message m => m.Accepted.ExchangeId,
        Incoming.PutAside p => p.Accepted.ExchangeId,
        Incoming.Event e => e.Statement.ExchangeId,
        _ => null,
    };

    Task TellAsync(Incoming item, CancellationToken ct) => item switch
    {
        Incoming.PutAside aside => tell(new(aside.Reason, aside.Detail, aside.Accepted.ExchangeId, aside.Accepted.MessageId), ct),
        Incoming.Receipt { Statement: HeldStatement held } => tell(new(NoticeCodes.Held, NoticeCodes.Held, MessageId: held.MessageId), ct),
        _ => Task.CompletedTask,
    };

    // Verifying and opening is the whole cost of a node: all cores share it.
    static async Task<TOut[]> InParallelAsync<TIn, TOut>(IReadOnlyList<TIn> items, Func<TIn, CancellationToken, Task<TOut>> work, CancellationToken ct)
    {
        var results = new TOut[items.Count];
        if (items.Count == 1)
            results[0] = await work(items[0], ct);
        else
            await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), ct, async (i, token) => results[i] = await work(items[i], token));
        return results;
    }
}
