using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client.Members;

/// <summary>
/// The hub's statements on own messages. They come by the queue once and stand in the receipts feed for ever: a store that was restored from
/// an older copy learns from there what it had sent since.
/// </summary>
sealed class OwnReceipts(IMemberStore store, HubApi api, Func<OperatorNotice, CancellationToken, Task> tell)
{
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
        if (await api.GetSubmissionAsync(accepted.MessageId, ct) is { } bytes && Reading.BodyHolds(bytes, accepted) && TravelledBody.HeaderOf(bytes) is { } header)
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
