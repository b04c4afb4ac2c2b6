using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Rates;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>The hub's database in memory: a batch is written whole or not at all, rows are locked, and what the real one's keys and counts forbid is forbidden.</summary>
sealed class SimStore
{
    public sealed class Stored
    {
        public required string Json { get; set; }
        public required Exchange State { get; set; }
        public List<ExchangeEvent> Facts { get; } = [];
        public List<Obligation> Obligations { get; } = [];
    }

    readonly Dictionary<(string County, Guid MessageId), Seen> submissions = [];
    readonly Dictionary<Guid, Stored> exchanges = [];
    readonly Dictionary<Guid, SimHub> locks = [];
    readonly Dictionary<(string To, Guid Exchange), List<Parcel>> feed = [];
    readonly SortedSet<(DateTimeOffset At, Guid Exchange)> looks = [];
    readonly HashSet<Guid> pendingDue = [];

    /// <summary>Goes up with each commit.</summary>
    public int Version { get; private set; }
    public IReadOnlyDictionary<Guid, Stored> Exchanges => exchanges;
    /// <summary>Committed, and in no process's hands any more: the sweep publishes it.</summary>
    public List<Parcel> Orphans { get; } = [];
    public Dictionary<Guid, (BatchDraft.QuarantineRow Row, DateTimeOffset At)> Quarantine { get; } = [];
    public IEnumerable<Guid> WithPendingDue => pendingDue;

    public Seen? SeenOf(string county, Guid messageId) => submissions.GetValueOrDefault((county, messageId));

    public IEnumerable<Guid> DueAt(DateTimeOffset now) => looks.TakeWhile(l => l.At <= now).Select(l => l.Exchange);

    /// <summary>Whether a message of a party lies in quarantine: nothing is told or closed before it is judged.</summary>
    public bool IsHeld(Guid exchange) => Quarantine.Values.Any(q => q.Row.Message.Submission!.Header.ExchangeId == exchange
        && exchanges.TryGetValue(exchange, out var there) && there.State.IsParty(q.Row.Message.County!));

    /// <summary>What a receiver that sees a gap fetches.</summary>
    public IEnumerable<Parcel> Feed(string to, Guid exchange, int fromSeq) => feed[(to, exchange)].Skip(fromSeq - 1);

    public int LastSeq(string to, Guid exchange) => feed.TryGetValue((to, exchange), out var list) ? list.Count : 0;

    public BatchReads.Found Read(IEnumerable<Work> work, DateTimeOffset at)
    {
        var seen = new Dictionary<(string, Guid), Seen>();
        var parties = new Dictionary<Guid, (string, string)>();
        foreach (var piece in work)
        {
            if (Plan.MessageOf(piece) is { } key && submissions.TryGetValue(key, out var before))
                seen[key] = before;
            foreach (var id in Plan.Names(piece))
                if (exchanges.TryGetValue(id, out var there))
                    parties[id] = (there.State.Asker, there.State.Receiver);
        }
        return new(1, at, at, seen, parties);
    }

    /// <summary>Locks all rows or none; <c>null</c>: another process has one of them.</summary>
    public Dictionary<Guid, Exchange?>? Lock(IReadOnlyCollection<Guid> all, SimHub by)
    {
        if (all.Any(locks.ContainsKey))
            return null;
        foreach (var id in all)
            locks[id] = by;
        return all.ToDictionary(id => id, id => exchanges.TryGetValue(id, out var there) ? Exchange.FromJson(there.Json) : null);
    }

    public void Unlock(IReadOnlyCollection<Guid> all)
    {
        foreach (var id in all)
            locks.Remove(id);
    }

    /// <summary>Writes a batch, or nothing where a message has been judged meanwhile.</summary>
    /// <returns>What is to be published; <c>null</c>: a conflict, to be tried again.</returns>
    public List<Parcel>? Commit(BatchDraft draft)
    {
        foreach (var s in draft.Submissions)
            if (submissions.TryGetValue((s.County, s.MessageId), out var before)
                && !(before.Verdict == Verdicts.Held && s.Verdict != Verdicts.Held && before.Digest.AsSpan().SequenceEqual(s.Digest)))
                return null;
        Version++;
        foreach (var s in draft.Submissions)
            submissions[(s.County, s.MessageId)] = new(s.Digest, s.Verdict, default, s.Index, draft.Leaves[s.Index], "", []);
        foreach (var thread in draft.Changed)
            Write(thread);
        foreach (var q in draft.Quarantine)
            Quarantine[q.Message.MessageId!.Value] = (q, draft.At);
        foreach (var (id, _) in draft.Replayed)
            Quarantine.Remove(id);
        var parcels = new List<Parcel>();
        foreach (var d in draft.Deliveries)
        {
            if ((d.ExchangeId, d.Seq) is not ({ } exchange, { } seq))
                throw new SimulationException($"{d.Type} stands in no exchange.");
            var parcel = new Parcel(d.Addressee, draft.Leaves[d.Index], exchange, seq, d.Opens ? d.AcceptedAt : null);
            if (!feed.TryGetValue((d.Addressee, exchange), out var list))
                feed[(d.Addressee, exchange)] = list = [];
            list.Add(parcel);
            if (list.Count != d.Seq)
                throw new SimulationException($"seq {d.Seq} to {d.Addressee} is the {list.Count}.");
            parcels.Add(parcel);
        }
        parcels.AddRange(draft.Receipts.Select(r => new Parcel(r.County, draft.Leaves[r.Index])));
        return parcels;
    }

    void Write(BatchDraft.Thread thread)
    {
        var after = thread.After!;
        if (!exchanges.TryGetValue(after.Id, out var row))
            exchanges[after.Id] = row = new Stored { Json = "", State = after };
        else if (row.State.LookAt is { } look)
            looks.Remove((look, after.Id));
        row.Facts.AddRange(thread.Facts);
        if (row.Facts.Count != after.Facts)
            throw new SimulationException($"The stream holds {row.Facts.Count} facts, the state {after.Facts}.");
        foreach (var o in ObligationFold.Changed(thread.Before, after))
            if (o.Ordinal == row.Obligations.Count + 1)
                row.Obligations.Add(o);
            else
                row.Obligations[o.Ordinal - 1] = o;
        (row.Json, row.State) = (after.ToJson(), after);
        if (after.LookAt is { } next)
            looks.Add((next, after.Id));
        if (row.Obligations.Exists(o => o is { DueOn: null, EndedAt: null }))
            pendingDue.Add(after.Id);
        else
            pendingDue.Remove(after.Id);
    }
}
