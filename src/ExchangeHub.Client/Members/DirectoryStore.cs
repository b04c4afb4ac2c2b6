using System.Text.Json;
using ExchangeHub.Client.Jose;
using ExchangeHub.Contracts;

namespace ExchangeHub.Client.Members;

/// <summary>
/// One county's memory in a folder, for a county's own program: a journal of transactions, everything else in memory. Fit for
/// hundreds of thousands of messages; a node with offices behind it uses a database. What was received waits here until the
/// program has handled it.
/// </summary>
public sealed class DirectoryStore : IMemberStore, IDisposable
{
    /// <summary>Reading it takes a second or two.</summary>
    const long CompactAtBytes = 64 * 1024 * 1024;
    static readonly TimeSpan rememberedFor = TimeSpan.FromDays(400);

    sealed class Own(OutgoingMessage message)
    {
        public OutgoingMessage Message { get; set; } = message;
        public DateTimeOffset NextTryAt { get; set; } = DateTimeOffset.MinValue; // after a start: at once
        public Statement? Statement { get; set; }
        public StoredItem? Receipt { get; set; }
    }

    readonly Journal journal;
    readonly Lock sync = new();
    readonly Dictionary<Guid, Own> own = [];
    readonly Dictionary<Guid, List<Guid>> waiting = []; // per exchange, oldest first, without a receipt
    readonly Dictionary<(Guid Exchange, int Seq), StoredPlace> places = [];
    readonly Dictionary<Guid, int> lastSeq = [];
    readonly HashSet<(string From, Guid MessageId)> ids = [];
    readonly List<StoredItem> inbox = [];
    readonly HashSet<Guid> events = [];
    readonly List<OperatorNotice> notices = [];
    readonly Pulse pulse = new();
    readonly Dictionary<Guid, string> recovered = []; // own messages that only the hub knew, with their digests
    readonly HashSet<Guid> begun = []; // exchanges with an own message
    string? cursor, ownCursor;

    DirectoryStore(string path)
    {
        journal = Journal.Open(path, Replay);
    }

    /// <summary>Opens or makes the store in a folder. One program at a time.</summary>
    /// <param name="compactAtBytes">From this size on the journal is written anew, without what nobody needs any more.</param>
    /// <exception cref="InvalidDataException">The journal is damaged before its end.</exception>
    /// <exception cref="IOException">Another program has it open.</exception>
    public static DirectoryStore Open(string folder, TimeProvider business, long compactAtBytes = CompactAtBytes)
    {
        PrivateFile.CreateFolder(folder);
        var path = Path.Combine(folder, "journal");
        var store = new DirectoryStore(path);
        if (store.journal.Length < compactAtBytes)
            return store;
        var kept = store.Kept(business.GetUtcNow() - rememberedFor).ToList();
        store.Dispose();
        Journal.Rewrite(path, kept);
        return new DirectoryStore(path);
    }

    /// <summary>What the operator should know, newest last.</summary>
    public IReadOnlyList<OperatorNotice> Notices
    {
        get
        {
            lock (sync)
                return [.. notices];
        }
    }

    public Task AddOutgoingAsync(OutgoingMessage message, CancellationToken ct) =>
        CommitAsync(new StoredTransaction { Outgoing = StoredOutgoing.Of(message) });

    public Task<IReadOnlyList<OutgoingMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct)
    {
        lock (sync)
            return Task.FromResult<IReadOnlyList<OutgoingMessage>>(
                [.. waiting.Values.Select(w => own[w[0]]).Where(o => o.NextTryAt <= now && !FollowsWaiting(o.Message.Header)).OrderBy(o => o.Message.Header.SentAt).Take(limit).Select(o => o.Message)]);
    }

    // The hub may decide two exchanges in either order: what follows one of ours waits until that one has its receipt.
    bool FollowsWaiting(Header header) => header.Follows is { } follows && follows != header.ExchangeId
        && waiting.TryGetValue(follows, out var earlier) && own[earlier[0]].Message.Header.SentAt <= header.SentAt;

    // Not journaled: after a crash everything without a receipt goes again at once, which the hub answers with the same receipt.
    public Task PublishedAsync(IReadOnlyCollection<PublishedMessage> published, CancellationToken ct)
    {
        lock (sync)
            foreach (var p in published)
                if (own.TryGetValue(p.MessageId, out var message))
                    (message.Message, message.NextTryAt) = (message.Message with { Tries = p.Tries }, p.NextTryAt);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<Guid, OwnMessage>> OwnAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        lock (sync)
            return Task.FromResult<IReadOnlyDictionary<Guid, OwnMessage>>(
                messageIds.Select(id => (Id: id, Own: Known(id))).Where(k => k.Own is not null).ToDictionary(k => k.Id, k => k.Own!));
    }

    OwnMessage? Known(Guid id) => own.TryGetValue(id, out var sent) ? new(sent.Message.Digest, sent.Statement is not (null or HeldStatement))
        : recovered.TryGetValue(id, out var digest) ? new(digest, Settled: true) : null;

    public Task<int> OutgoingCountAsync(CancellationToken ct)
    {
        lock (sync)
            return Task.FromResult(waiting.Values.Sum(w => w.Count));
    }

    public Task<Remembered> RecallAsync(IReadOnlyCollection<Guid> exchangeIds, IReadOnlyCollection<(string From, Guid MessageId)> messages, CancellationToken ct)
    {
        lock (sync)
            return Task.FromResult(new Remembered(
                exchangeIds.Where(lastSeq.ContainsKey).Distinct().ToDictionary(id => id, id => lastSeq[id]), messages.Where(ids.Contains).ToHashSet(),
                exchangeIds.Where(id => lastSeq.ContainsKey(id) || begun.Contains(id)).ToHashSet()));
    }

    public Task<string?> LeafHashAsync(Guid exchangeId, int seq, CancellationToken ct)
    {
        lock (sync)
            return Task.FromResult(places.GetValueOrDefault((exchangeId, seq))?.LeafHash);
    }

    public Task ApplyAsync(IReadOnlyList<Incoming> items, CancellationToken ct) =>
        CommitAsync(new StoredTransaction { Applied = [.. items.Select(StoredItem.Of)] });

    public Task<string?> CursorAsync(string feed, CancellationToken ct)
    {
        lock (sync)
            return Task.FromResult(feed == Feeds.Receipts ? ownCursor : cursor);
    }

    public Task SetCursorAsync(string feed, string cursor, CancellationToken ct) =>
        CommitAsync(feed == Feeds.Receipts ? new StoredTransaction { OwnCursor = cursor } : new StoredTransaction { Cursor = cursor });

    public Task NoticeAsync(OperatorNotice notice, CancellationToken ct)
    {
        lock (sync)
            if (notices.Contains(notice))
                return Task.CompletedTask;
        return CommitAsync(new StoredTransaction { Notice = notice });
    }

    /// <summary>The oldest item that the program has not handled yet; waits for one.</summary>
    public async Task<(Guid Id, Incoming Item)> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            var change = pulse.Next;
            lock (sync)
                if (inbox.Count > 0)
                    return (inbox[0].Id, inbox[0].Restore());
            await change.WaitAsync(ct);
        }
    }

    /// <summary>The program has handled an item; it is not given out again.</summary>
    public Task HandledAsync(Guid item, CancellationToken ct) => CommitAsync(new StoredTransaction { Read = item });

    /// <summary>The hub's final statement on an own message; waits for it.</summary>
    public async Task<Statement> StatementOf(Guid messageId, CancellationToken ct)
    {
        while (true)
        {
            var change = pulse.Next;
            lock (sync)
                if (own.TryGetValue(messageId, out var message) && message.Statement is { } and not HeldStatement)
                    return message.Statement;
            await change.WaitAsync(ct);
        }
    }

    public void Dispose() => journal.Dispose();

    Task CommitAsync(StoredTransaction transaction)
    {
        lock (sync)
        {
            journal.Append(JsonSerializer.SerializeToUtf8Bytes(transaction, StoredJson.Default.StoredTransaction));
            Take(transaction);
        }
        pulse.Beat();
        return Task.CompletedTask;
    }

    void Replay(byte[] json)
    {
        var transaction = JsonSerializer.Deserialize(json, StoredJson.Default.StoredTransaction) ?? throw new InvalidDataException("An empty transaction.");
        Take(transaction);
    }

    void Take(StoredTransaction t)
    {
        if (t.Outgoing is { } message)
            AddOwn(message.Restore());
        foreach (var item in t.Applied ?? [])
            TakeItem(item);
        foreach (var place in t.Places ?? [])
            TakePlace(place);
        foreach (var (id, digest) in t.Recovered ?? new Dictionary<Guid, string>())
            recovered[id] = digest;
        (cursor, ownCursor) = (t.Cursor ?? cursor, t.OwnCursor ?? ownCursor);
        if (t.Read is { } read)
            inbox.RemoveAll(i => i.Id == read);
        if (t.Notice is { } notice)
            notices.Add(notice);
    }

    void AddOwn(OutgoingMessage message)
    {
        if (!own.TryAdd(message.Header.MessageId, new Own(message)))
            return;
        begun.Add(message.Header.ExchangeId);
        if (!waiting.TryGetValue(message.Header.ExchangeId, out var line))
            waiting[message.Header.ExchangeId] = line = [];
        line.Add(message.Header.MessageId);
    }

    void TakeItem(StoredItem stored)
    {
        switch (stored.Restore())
        {
            case Incoming.Receipt receipt:
                TakeReceipt(receipt, stored);
                return;
            case Incoming.Recovered r:
                begun.Add(r.Header.ExchangeId);
                if (!own.ContainsKey(r.Header.MessageId) && recovered.TryAdd(r.Header.MessageId, r.Accepted.Digest))
                    inbox.Add(stored);
                return;
            case Incoming.Event { Statement: { ExchangeId: { } exchange, Seq: { } seq } told } e:
                if (TakePlace(new StoredPlace(exchange, seq, e.LeafHash, null, null, told.AcceptedAt)))
                    inbox.Add(stored);
                return;
            case Incoming.Event { Statement.Kind: Kinds.RegistryChange }:
                return; // the engine's own
            case Incoming.Event e:
                if (events.Add(e.Statement.EventId))
                    inbox.Add(stored);
                return;
            case Incoming.Message m:
                if (TakePlace(new StoredPlace(m.Accepted.ExchangeId, m.Accepted.Seq, m.LeafHash, m.Header.From, m.Header.MessageId, m.Accepted.AcceptedAt)))
                    inbox.Add(stored);
                return;
            case Incoming.PutAside p:
                if (!TakePlace(new StoredPlace(p.Accepted.ExchangeId, p.Accepted.Seq, p.LeafHash, null, null, p.Accepted.AcceptedAt)))
                    return;
                inbox.Add(stored);
                if (p.Answer is { } answer)
                    AddOwn(answer);
                return;
        }
    }

    void TakeReceipt(Incoming.Receipt receipt, StoredItem stored)
    {
        if (!own.TryGetValue(receipt.MessageId, out var message) || message.Statement is not (null or HeldStatement))
            return; // the first accepted or refused one is final
        (message.Statement, message.Receipt) = (receipt.Statement, stored);
        var exchange = message.Message.Header.ExchangeId;
        if (waiting.TryGetValue(exchange, out var line) && line.Remove(receipt.MessageId) && line.Count == 0)
            waiting.Remove(exchange);
    }

    bool TakePlace(StoredPlace place)
    {
        if (!places.TryAdd((place.ExchangeId, place.Seq), place))
            return false;
        lastSeq[place.ExchangeId] = Math.Max(place.Seq, lastSeq.GetValueOrDefault(place.ExchangeId));
        if (place is { From: { } from, MessageId: { } id })
            ids.Add((from, id));
        return true;
    }

    // Everything still needed: messages without a final statement, what waits for the program, and places young enough to come again.
    IEnumerable<byte[]> Kept(DateTimeOffset rememberedSince)
    {
        var keptPlaces = places.Values.Where(p => p.At >= rememberedSince || p.Seq == lastSeq[p.ExchangeId]).ToList();
        var keptOwn = own.Values.Where(o => o.Statement is null or HeldStatement || o.Message.Header.SentAt >= rememberedSince).ToList();
        var transactions = keptOwn.Select(o => new StoredTransaction { Outgoing = StoredOutgoing.Of(o.Message) })
            .Concat(keptOwn.Where(o => o.Receipt is not null).Select(o => new StoredTransaction { Applied = [o.Receipt!] }))
            .Append(new StoredTransaction { Applied = [.. inbox], Cursor = cursor, OwnCursor = ownCursor, Recovered = recovered })
            .Append(new StoredTransaction { Places = keptPlaces })
            .Concat(notices.Select(n => new StoredTransaction { Notice = n }));
        return transactions.Select(t => JsonSerializer.SerializeToUtf8Bytes(t, StoredJson.Default.StoredTransaction));
    }
}
