namespace ExchangeHub.Client.Members;

/// <summary>
/// One county's durable memory. Two implementations: files (<see cref="DirectoryStore"/>) for a county's own program, the node's
/// database. Every method is one transaction: when it returns, a crash undoes nothing. <see cref="Member"/> is the only caller of all
/// but <see cref="AddOutgoingAsync"/>, one call at a time for what comes in and one for what goes out.
/// </summary>
public interface IMemberStore
{
    /// <summary>Stores a sealed message before anything is published. The owner's own rows may go into the same transaction.</summary>
    Task AddOutgoingAsync(OutgoingMessage message, CancellationToken ct);

    /// <summary>
    /// Messages to publish now: without a receipt, next try not after <paramref name="now"/> (system clock), and the first such of
    /// their exchange: at most one message per exchange is under way. Oldest first.
    /// </summary>
    Task<IReadOnlyList<OutgoingMessage>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct);

    /// <summary>Notes confirmed publishes. After a crash before this, the same bytes go twice; the hub answers twice.</summary>
    Task PublishedAsync(IReadOnlyCollection<PublishedMessage> published, CancellationToken ct);

    /// <summary>Own messages, those known among the asked.</summary>
    Task<IReadOnlyDictionary<Guid, OwnMessage>> OwnAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken ct);

    /// <summary>How many own messages have no receipt yet.</summary>
    Task<int> OutgoingCountAsync(CancellationToken ct);

    /// <summary>What was applied of these exchanges and messages. Ids are remembered for at least 400 days.</summary>
    Task<Remembered> RecallAsync(IReadOnlyCollection<Guid> exchangeIds, IReadOnlyCollection<(string From, Guid MessageId)> messages, CancellationToken ct);

    /// <summary>The leaf hash applied at (exchange, seq), or none.</summary>
    Task<string?> LeafHashAsync(Guid exchangeId, int seq, CancellationToken ct);

    /// <summary>
    /// Applies all items in this order, all or none: the owner's own work, <c>seq</c>, leaf hash, ids, receipts and automatic answers.
    /// An item applied before (same exchange and seq, same receipt) changes nothing.
    /// </summary>
    Task ApplyAsync(IReadOnlyList<Incoming> items, CancellationToken ct);

    /// <summary>Cursor of one of the hub's <see cref="Feeds"/> up to which everything is applied, or none.</summary>
    Task<string?> CursorAsync(string feed, CancellationToken ct);

    Task SetCursorAsync(string feed, string cursor, CancellationToken ct);

    /// <summary>Tells the operator. The same notice again may be dropped.</summary>
    Task NoticeAsync(OperatorNotice notice, CancellationToken ct);
}

/// <summary>The hub's feeds of one county.</summary>
public static class Feeds
{
    /// <summary>What the hub sent to it.</summary>
    public const string Deliveries = "deliveries";
    /// <summary>The hub's statements on what it sent.</summary>
    public const string Receipts = "receipts";
}
