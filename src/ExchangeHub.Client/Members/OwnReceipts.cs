using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>
/// The hub's statements on own messages. They come by the queue once and stand in the receipts feed for ever: a store that was restored from
/// an older copy learns from there what it had sent since.
/// </summary>
sealed class OwnReceipts(IMemberStore store, HubApi api, Reading reading, Func<OperatorNotice, CancellationToken, Task> tell)
{
    /// <summary>Reads the feed from the stored cursor to its end. The cursor moves only past what is applied.</summary>
    /// <param name="apply">Stores items; answers which ones it took.</param>
    /// <returns>What was applied: nothing, as long as the queue brought everything.</returns>
    public async Task<IReadOnlyList<Incoming>> CatchUpAsync(Func<IReadOnlyList<Incoming>, Task<IReadOnlyList<Incoming>>> apply, CancellationToken ct)
    {
        var cursor = await store.CursorAsync(Feeds.Receipts, ct);
        var (applied, whole) = (new List<Incoming>(), true);
        while (true)
        {
            var page = await api.GetReceiptsAsync(cursor, ct: ct);
            var stamped = new List<Stamped>(page.Items.Count);
            foreach (var stamp in page.Items)
                if (await reading.StampAsync(Arrival.OfReceipt(stamp), ct) is { } held)
                    stamped.Add(held);
                else
                    await tell(new(NoticeCodes.StampWrong, "receipt"), ct);
            var items = await ItemsAsync(stamped, ct);
            var taken = items.Count == 0 ? [] : await apply(items);
            applied.AddRange(taken);
            whole &= stamped.Count == page.Items.Count && taken.Count == items.Count;
            if (page.Next != cursor && whole)
                await store.SetCursorAsync(Feeds.Receipts, page.Next, ct);
            cursor = page.Next;
            if (page.More is not true)
                return applied;
        }
    }

    /// <summary>What verified statements on own messages say that the store does not know yet.</summary>
    public async Task<IReadOnlyList<Incoming>> ItemsAsync(IReadOnlyCollection<Stamped> receipts, CancellationToken ct)
    {
        if (receipts.Count == 0)
            return [];
        var told = receipts.Select(r => (Of: Subject(r.Verified.Statement), r.Verified)).DistinctBy(t => (t.Of.MessageId, t.Verified.LeafHash)).ToList();
        var known = await store.OwnAsync([.. told.Select(t => t.Of.MessageId).Distinct()], ct);
        var items = new List<Incoming>(told.Count);
        foreach (var ((messageId, digest), verified) in told)
        {
            if (!known.TryGetValue(messageId, out var own))
            {
                if (await UnknownAsync(verified, ct) is { } recovered)
                    items.Add(recovered);
            }
            else if (own.Digest != digest)
                await tell(new(NoticeCodes.StampWrong, "receipt of other bytes", MessageId: messageId), ct);
            else if (!own.Settled)
                items.Add(new Incoming.Receipt(messageId, verified.Statement, verified.Stamp));
        }
        foreach (var day in items.OfType<Incoming.Recovered>().Select(r => WireTime.DayOf(r.Accepted.AcceptedAt)).Distinct())
            await tell(new(NoticeCodes.RestoredCopy, WireTime.Format(day)), ct);
        return items;
    }

    async Task<Incoming?> UnknownAsync(VerifiedStamp verified, CancellationToken ct)
    {
        switch (verified.Statement)
        {
            case AcceptedStatement accepted when Kinds.Submitted.ContainsKey(accepted.Kind):
                return await RecoveredAsync(accepted, verified.Stamp, ct);
            case RefusedStatement refused:
                await tell(new(NoticeCodes.RefusedBeforeCopy, string.Join(' ', refused.Reasons), MessageId: refused.MessageId), ct);
                return null;
            default:
                return null; // a held one gets its final statement; of a report the hub counts the latest, and it is sent again
        }
    }

    async Task<Incoming> RecoveredAsync(AcceptedStatement accepted, Stamp stamp, CancellationToken ct)
    {
        if (await api.GetSubmissionAsync(accepted.MessageId, ct) is { } bytes && Reading.BodyHolds(bytes, accepted) && TravelledBody.TryRead(bytes, out var body))
            using (body)
                if (body.Known() is { } header)
                    return new Incoming.Recovered(header, bytes, accepted, stamp);
        return new Incoming.Recovered(HeaderOf(accepted), Body: null, accepted, stamp);
    }

    /// <summary>What the statement alone says of a message.</summary>
    internal static Header HeaderOf(AcceptedStatement accepted) => new(1, accepted.Hub, accepted.MessageId, accepted.ExchangeId, accepted.Kind, accepted.Version,
        accepted.From, accepted.To, accepted.AcceptedAt)
    { Test = accepted.Test };

    static (Guid MessageId, string Digest) Subject(Statement statement) => statement switch
    {
        AcceptedStatement accepted => (accepted.MessageId, accepted.Digest),
        AcceptedReportStatement report => (report.MessageId, report.Digest),
        RefusedStatement refused => (refused.MessageId, refused.Digest),
        HeldStatement held => (held.MessageId, held.Digest),
        _ => (Guid.Empty, ""),
    };
}
