using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>Holds what the hub committed against what should have been, batch by batch, and writes the run's trace.</summary>
sealed class Witness(World world)
{
    public Book Book { get; } = new();

    /// <summary>All that was committed, in one number: the same seed gives the same.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    public Dictionary<string, int> Counts { get; } = [];

    public void Compare(IReadOnlyList<Work> pieces, BatchDraft draft, Book.Batch batch)
    {
        var expected = pieces.Select(p => (Message(p), Expect(p, batch))).Where(e => e.Item2 is not null).Select(e => $"{e.Item1} {e.Item2!.What} {e.Item2.Codes}").ToList();
        var judged = draft.Submissions.Select(s => $"{s.MessageId} {s.Verdict} {string.Join(' ', s.Codes.Order(StringComparer.Ordinal))}").ToList();
        if (!expected.SequenceEqual(judged))
            throw new SimulationException($"Said: {string.Join("; ", judged.Except(expected))}. Expected: {string.Join("; ", expected.Except(judged))}.");
        foreach (var thread in draft.Changed)
            if (Book[thread.After!.Id] is var life && (life.Numbers, life.Phase) != (thread.After.Facts, thread.After.Phase.ToString()))
                throw new SimulationException($"""
                    {life.Phase} with {life.Numbers} facts was expected, found {thread.After}.
                    New: {string.Join('\n', thread.Facts)}
                    Expected rows: {string.Join('\n', life.Owed.Rows)}
                    Found rows: {string.Join('\n', thread.After.Owed)}
                    """);
        Add((ulong)batch.At.Ticks);
        foreach (var s in draft.Submissions)
        {
            Add((ulong)s.MessageId.GetHashCode());
            Count($"{s.Verdict} {string.Join(' ', s.Codes)}".Trim());
        }
        foreach (var d in draft.Deliveries)
            Add((ulong)HashCode(d.Type, d.Seq ?? 0));
        foreach (var fact in draft.Changed.SelectMany(t => t.Facts))
            Count(fact is DueMoved moved ? $"due moved {moved.Cause}" : fact.GetType().Name);
        foreach (var _ in draft.Repeats)
            Count("repeated");
    }

    static Guid? Message(Work piece) => Plan.MessageOf(piece)?.Item2;

    Verdict? Expect(Work piece, Book.Batch batch)
    {
        switch (piece)
        {
            // Other bytes under an id that was judged: a refusal of its own, and the first stands.
            case Work.Judge { Message: var m } when world.Intents[m.MessageId!.Value] is var intent:
                return Book.Judge(intent, batch);
            case Work.Hold { Message: var m }:
                return Book.Hold(world.Intents[m.MessageId!.Value], batch);
            case Work.Replay replay:
                return Book.Replay(world.Intents[replay.Message.MessageId!.Value], replay.HeldAt, batch);
            case Work.Duty { Command: var command, ExchangeId: var id }:
                Book.Do(id, batch, (life, at) => Do(life, command, at, batch.Days));
                return null;
            default:
                throw new InvalidOperationException();
        }
    }

    static void Do(Life life, HubCommand command, DateTimeOffset at, WalkedDays days)
    {
        switch (command)
        {
            case HubCommand.FollowUp:
                life.FollowUp(at, days);
                break;
            case HubCommand.MoveForOutage outage:
                life.Outage(outage.Outage.From, outage.Outage.To, at);
                break;
            case HubCommand.CountAnew late:
                life.DeliveredLate(late.ConfirmedAt, at, days);
                break;
            case HubCommand.SetPendingDue:
                life.CalendarCame(at, days);
                break;
            case HubCommand.Rule ruling:
                life.Rule(at, ruling.Outcome);
                break;
        }
    }

    /// <summary>At the end of a run: nothing lost, nothing doubled, and all three, the hub, both counties and the model, know the same.</summary>
    public void CompareAll()
    {
        foreach (var message in world.All.SelectMany(c => c.AllSent))
            if (!message.IsFinal || message.Receipt!.GetType().Name != (Book.Verdicts[message.Intent.Id].What == "accepted" ? "AcceptedStatement" : "RefusedStatement"))
                throw new SimulationException($"{message.Intent} has the receipt {message.Receipt}; it was {Book.Verdicts.GetValueOrDefault(message.Intent.Id)}.");
        foreach (var (id, life) in Book.Lives)
            End.Compare(id, life, world);
        NothingIsForgotten(world.Now);
        if (Book.Lives.Count() != world.Store.Exchanges.Count)
            throw new SimulationException("The hub knows other exchanges.");
    }

    /// <summary>What was to be told or closed by an instant has been.</summary>
    public void NothingIsForgotten(DateTimeOffset by)
    {
        foreach (var (id, life) in Book.Lives)
            if (!world.Store.IsHeld(id) && life.IsBehind(by, new WalkedDays(knows2026: true, world.Away)))
                throw new SimulationException($"Of {id} something is not told that should have been by {by:O}; the hub looks again {world.Store.Exchanges[id].State.LookAt:O}.\n{string.Join('\n', life.Owed.Rows)}");
    }

    // FNV-1a: the order counts, and strings hash the same in every process.
    void Add(ulong value) => Trace = (Trace ^ value) * 1099511628211;

    static int HashCode(string type, int seq) => type.Aggregate(seq, (hash, c) => unchecked((hash * 31) + c));

    void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;
}
