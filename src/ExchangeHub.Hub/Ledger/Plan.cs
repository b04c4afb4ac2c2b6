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
        if (Kinds.Submitted[header.Kind].ToHub)
            yield break; // in no exchange
        yield return header.ExchangeId;
        if (header.Follows is { } follows)
            yield return follows;
    }

    public static Plan Of(IReadOnlyList<Work> work, BatchReads.Found found)
    {
        var beginning = new HashSet<Guid>();
        var locked = new HashSet<Guid>();
        // Parties of what begins here. An exchange that is there has its parties in the table: who "opens" it again is no party for that.
        var opened = work.Where(IsToJudge).Select(w => Message(w)!.Submission!.Header)
            .Where(h => Kinds.Submitted[h.Kind].Opens && !found.Parties.ContainsKey(h.ExchangeId))
            .GroupBy(h => h.ExchangeId).ToDictionary(g => g.Key, g => g.SelectMany(h => new[] { h.From, h.To }).ToHashSet(StringComparer.Ordinal));
        return new([.. work.Select(One)], beginning, locked);

        Work One(Work piece)
        {
            if (piece is Work.Duty duty)
                locked.Add(duty.ExchangeId);
            if (!IsToJudge(piece) || Reach(Message(piece)!) is not { } stranger)
                return piece;
            return piece is Work.Replay replay ? replay with { Screened = [stranger] } : (Work.Judge)piece with { Screened = [stranger] };
        }

        // What was refused by the steps before, or answered before, reaches no exchange.
        bool IsToJudge(Work piece) => Message(piece)?.Submission is { Header.Kind: var kind } && !Kinds.Submitted[kind].ToHub && piece switch
        {
            Work.Judge { Screened.Count: 0 } judge => !found.Seen.ContainsKey(MessageOf(judge)!.Value),
            Work.Replay { Screened.Count: 0 } replay => !(found.Seen.TryGetValue(MessageOf(replay)!.Value, out var seen) && seen.Verdict != Verdicts.Held),
            _ => false,
        };

        Refusal? Reach(Incoming message)
        {
            var header = message.Submission!.Header;
            if (header.Follows is { } follows && IsParty(header.From, follows))
                locked.Add(follows); // both rows; a stranger's is refused by the decision, unlocked and unread
            if (Kinds.Submitted[header.Kind].Opens && !found.Parties.ContainsKey(header.ExchangeId))
                beginning.Add(header.ExchangeId);
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
