using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Rates;
using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>One exchange at the end of a run: stream, state, rows and both sides' views against the model's.</summary>
static class End
{
    public static void Compare(Guid id, Life life, World world)
    {
        void Same<T>(string what, T expected, T found)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, found))
                throw new SimulationException($"{what} of {id}: expected {expected}, found {found}.");
        }

        var stored = world.Store.Exchanges[id];
        var state = stored.State;
        Same("Phase", life.Phase, state.Phase.ToString());
        Same("Facts", life.Numbers, state.Facts);
        // The look-ahead is no fact: it hangs on the rules of the day.
        Same("The fold of the stream", stored.Json, (Exchange.Fold(stored.Facts)! with { LookAt = state.LookAt }).ToJson());
        Same("Rows", string.Join('\n', life.Owed.Rows), string.Join('\n', stored.Obligations.Select(Written)));
        foreach (var county in new[] { state.Asker, state.Receiver })
        {
            var sequence = life.Sequenced.Where(s => s.To == county).ToList();
            var talk = world.All.Single(c => c.Code == county).Talks[id];
            Same($"Seqs of {county}", string.Join(' ', Enumerable.Range(1, talk.Seq)), string.Join(' ', sequence.Select(s => s.Seq)));
            Same($"The view of {county}", string.Join('\n', life.Sequenced.Select(s => Known(s.Told)).Distinct().OrderBy(t => t.Number)),
                string.Join('\n', talk.Told.Values.Select(t => t.Told)));
        }
    }

    // Only a due change tells the day of an event's date.
    static Told Known(Told told) => told.What is "reminder" or "overdue" or "escalation" ? told with { Answer = told.Answer!.Value with { On = default } } : told;

    static string Written(Obligation o) => new Row
    {
        Acknowledgement = o.Duty == "acknowledgement",
        From = default,
        Opened = o.OpenedAt,
        Due = o.DueAt is { } at ? new Date(o.DueOn!.Value, at) : null,
        Done = o.FulfilledAt,
        Withdrawn = o.WithdrawnAt,
        Ended = o.EndedAt,
        Why = o.EndedWhy,
        OverdueTold = o.OverdueToldAt,
        Escalated = o.EscalatedAt,
    }.ToString();
}
