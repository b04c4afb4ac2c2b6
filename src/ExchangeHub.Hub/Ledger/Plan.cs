using ExchangeHub.Contracts;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub.Ledger;

/// <summary>What a batch must lock. A message that names an exchange of which its sender is no party is refused here, before any lock:
/// a stranger cannot make anybody wait.</summary>
/// <param name="Beginning">Exchanges that begin in this batch.</param>
/// <param name="Locked">Every exchange to lock, <paramref name="Beginning"/> included.</param>
sealed record Plan(IReadOnlyList<Work> Pieces, IReadOnlyCollection<Guid> Beginning, IReadOnlyCollection<Guid> Locked)
{
    public static (string, Guid)? MessageOf(Work work) => Message(work) is { County: { } county, MessageId: { } id } ? (county, id) : null;

    /// <summary>The exchanges a piece of work names.</summary>
    public static IEnumerable<Guid> Names(Work work)
    {
        if (work is Work.Duty duty)
            yield return duty.ExchangeId;
        if (Message(work)?.Submission?.Header is not { } header)
            yield break;
        yield return header.ExchangeId;
        if (header.Follows is { } follows)
            yield return follows;
    }

    public static Plan Of(IReadOnlyList<Work> work, BatchReads.Found found)
    {
        var beginning = new HashSet<Guid>();
        var locked = new HashSet<Guid>();
        var opened = work.Select(Message).Select(m => m?.Submission?.Header).OfType<Header>().Where(h => Kinds.Submitted[h.Kind].Opens)
            .GroupBy(h => h.ExchangeId).ToDictionary(g => g.Key, g => g.SelectMany(h => new[] { h.From, h.To }).ToHashSet(StringComparer.Ordinal));
        return new([.. work.Select(One)], beginning, locked);

        Work One(Work piece)
        {
            switch (piece)
            {
                case Work.Duty duty:
                    locked.Add(duty.ExchangeId);
                    return piece;
                case Work.Judge { Screened.Count: 0 } judge when IsFresh(judge.Message):
                    return Reach(judge.Message) is { } stranger ? judge with { Screened = [stranger] } : judge;
                case Work.Replay { Screened.Count: 0 } replay:
                    return Reach(replay.Message) is { } unknown ? replay with { Screened = [unknown] } : replay;
                default:
                    return piece;
            }
        }

        bool IsFresh(Incoming message) => !found.Seen.ContainsKey((message.County!, message.MessageId!.Value));

        Refusal? Reach(Incoming message)
        {
            var header = message.Submission!.Header;
            if (header.Follows is { } follows && IsParty(header.From, follows))
                locked.Add(follows); // both rows; a stranger's is refused by the decision, unlocked and unread
            if (Kinds.Submitted[header.Kind].Opens)
            {
                if (found.Parties.ContainsKey(header.ExchangeId) && !IsParty(header.From, header.ExchangeId))
                    return new(RefusalCodes.ExchangeUnknown, "/header/exchangeId");
                beginning.Add(header.ExchangeId);
                locked.Add(header.ExchangeId);
                return null;
            }
            if (!IsParty(header.From, header.ExchangeId))
                return new(RefusalCodes.ExchangeUnknown, "/header/exchangeId");
            locked.Add(header.ExchangeId);
            return null;
        }

        bool IsParty(string county, Guid exchange) =>
            (found.Parties.TryGetValue(exchange, out var parties) && (parties.Asker == county || parties.Receiver == county))
            || (opened.TryGetValue(exchange, out var counties) && counties.Contains(county));
    }

    static Incoming? Message(Work work) => work switch
    {
        Work.Judge judge => judge.Message,
        Work.Replay replay => replay.Message,
        Work.Hold hold => hold.Message,
        _ => null,
    };
}
