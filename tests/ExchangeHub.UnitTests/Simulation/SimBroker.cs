using ExchangeHub.Hub.Intake;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>Queues that hand over at least once, in any order and after any time; publishers lose a copy only where they get no confirm.</summary>
sealed class SimBroker(Chance chance)
{
    readonly List<Incoming> intake = [];
    readonly Dictionary<string, List<Parcel>> queues = Counties.All.ToDictionary(c => c, _ => new List<Parcel>());

    public bool IsEmpty => intake.Count == 0 && queues.Values.All(q => q.Count == 0);

    public int Waiting => intake.Count;

    public bool HasFor(string county) => queues[county].Count > 0;

    /// <summary>A county publishes: now and then its copy is lost before the confirm, or confirmed twice.</summary>
    public void Submit(Incoming message)
    {
        for (var copies = chance.Copies(mayBeLost: true); copies > 0; copies--)
            intake.Add(message);
    }

    /// <summary>The hub publishes: it goes on only after the confirm, so nothing is lost, but a copy may be made twice.</summary>
    public void Deliver(Parcel parcel)
    {
        for (var copies = chance.Copies(mayBeLost: false); copies > 0; copies--)
            queues[parcel.To].Add(parcel);
    }

    /// <summary>Any one that waits: the others may overtake it.</summary>
    public Incoming TakeSubmitted() => TakeAny(intake);

    public Parcel TakeFor(string county) => TakeAny(queues[county]);

    /// <summary>What was taken and not acknowledged comes again.</summary>
    public void GiveBack(IEnumerable<Incoming> messages) => intake.AddRange(messages);

    public void GiveBack(Parcel parcel) => queues[parcel.To].Add(parcel);

    T TakeAny<T>(List<T> queue)
    {
        var at = chance.Below(queue.Count);
        var taken = queue[at];
        queue[at] = queue[^1];
        queue.RemoveAt(queue.Count - 1);
        return taken;
    }
}
