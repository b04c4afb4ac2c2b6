using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.UnitTests.Exchanges;
using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>Counties, broker, store and two processes of the hub in one thread, driven by chance from a seed: each step is one thing that happens,
/// and between any two of them anything else may.</summary>
sealed class World
{
    public const string Hub = "hub.test";

    DeadlineRules rulesOf2025 = Core.RulesUntil(2025), rulesOf2026 = Core.RulesUntil(2026);

    static readonly DateTimeOffset begin = new(2025, 12, 12, 1, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset last = new(2026, 6, 1, 1, 0, 0, TimeSpan.Zero);

    // Longer than any outage and its moves last.
    static readonly TimeSpan forgottenAfter = TimeSpan.FromDays(4);

    readonly SimHub[] hubs;
    readonly DateTimeOffset calendarComes;
    DateTimeOffset? allRead;

    public World(int seed)
    {
        Chance = new(seed);
        Broker = new(Chance);
        Duties = new(this);
        Witness = new(this);
        All = [.. Counties.All.Select(c => new SimCounty(c, this))];
        hubs = [new(this), new(this)];
        calendarComes = begin.AddDays(10 + Chance.Below(40));
    }

    public Chance Chance { get; }
    public SimBroker Broker { get; }
    public SimStore Store { get; } = new();
    public DutyDesk Duties { get; }
    public Witness Witness { get; }
    public IReadOnlyList<SimCounty> All { get; }
    /// <summary>What counties meant to say, by message.</summary>
    public Dictionary<Guid, Intent> Intents { get; } = [];
    /// <summary>Business time, UTC; it only goes forward.</summary>
    public DateTimeOffset Now { get; private set; } = begin;
    public int Steps { get; private set; }
    /// <summary>When all processes of the hub were away.</summary>
    public List<(DateTimeOffset From, DateTimeOffset To)> Away { get; } = [];
    public DeadlineRules Rules(bool knows2026) => knows2026 ? rulesOf2026 : rulesOf2025;
    /// <summary>Nothing new is said, nothing fails any more.</summary>
    public bool IsEnding { get; private set; }

    public void Run(int steps)
    {
        while (Steps < steps)
            if (Step() && ++Steps % 1000 == 0 && allRead is { } since && Now - since > forgottenAfter)
                Witness.NothingIsForgotten(Now - forgottenAfter);
        Settle();
        Witness.CompareAll();
    }

    // Whether anything happened: what finds nothing to do is no step.
    bool Step() => Chance.Below(1000) switch
    {
        < 130 => Chance.Of(All).Act(),
        < 280 => Chance.Of(All).Publish(),
        < 600 => Receive(),
        < 900 => Chance.Of(hubs).Step(),
        < 930 => Sweep(),
        < 965 => Pass(Chance.Pause()),
        < 969 => Crash(Chance.Of(hubs)),
        < 972 => Rule(),
        < 975 => Chance.Of(All).Reuse(),
        < 976 => Chance.PerMille(300) && Outage(),
        _ => ReadRules(Chance.Of(hubs)),
    };

    static bool Crash(SimHub hub)
    {
        if (hub.IsIdle)
            return false;
        hub.Crash();
        return true;
    }

    bool ReadRules(SimHub hub)
    {
        if (hub.Knows2026 || Now < calendarComes || !Chance.PerMille(100))
            return false;
        hub.Knows2026 = true;
        allRead = hubs.All(h => h.Knows2026) ? Now : null;
        return true;
    }

    bool Receive()
    {
        var first = Chance.Below(All.Count);
        for (var n = 0; n < All.Count; n++)
            if (All[(first + n) % All.Count] is var county && Broker.HasFor(county.Code))
            {
                county.Receive();
                return true;
            }
        return false;
    }

    bool Sweep()
    {
        if (Store.Orphans.Count == 0)
            return false;
        Publish(Store.Orphans[^1]);
        Store.Orphans.RemoveAt(Store.Orphans.Count - 1);
        return true;
    }

    /// <summary>An opening whose delivery the broker confirms late has its deadlines counted anew.</summary>
    public void Publish(Parcel parcel)
    {
        Broker.Deliver(parcel);
        if (parcel.OpenedAt is { } opened && Now - opened > TimeSpan.FromMinutes(15))
            Duties.Add(parcel.Exchange!.Value, new HubCommand.CountAnew(Now));
    }

    bool Pass(TimeSpan time)
    {
        Now = Now + time < last ? Now + time : Now.AddMilliseconds(1);
        return true;
    }

    // All processes are away; when they are back, what fell due meanwhile moves.
    bool Outage()
    {
        var from = Now;
        foreach (var hub in hubs)
            hub.Crash();
        Pass(TimeSpan.FromMinutes(3 + Chance.Below(36 * 60)));
        Away.Add((from, Now));
        (rulesOf2025, rulesOf2026) = (rulesOf2025.With(new(from, Now)), rulesOf2026.With(new(from, Now)));
        foreach (var (id, stored) in Store.Exchanges)
            if (stored.Obligations.Exists(o => o.EndedAt is null && o.DueAt > from && o.DueAt <= Now))
                Duties.Add(id, new HubCommand.MoveForOutage(new(from, Now)));
        return true;
    }

    bool Rule()
    {
        if (Store.Exchanges.Values.FirstOrDefault(e => HubCommand.Rule.IsOpen(e.State)) is not { } maintained)
            return false;
        Duties.Add(maintained.State.Id, new HubCommand.Rule(Chance.PerMille(500) ? "Upheld" : "Maintained", "reviewer"));
        return true;
    }

    // What is under way arrives; what is due is told.
    void Settle()
    {
        IsEnding = true;
        foreach (var hub in hubs)
            hub.Knows2026 = true;
        Pass(TimeSpan.FromDays(2));
        var tries = 0;
        for (var quiet = 0; quiet < 200;)
        {
            var busy = All.Any(c => c.HasToSend) || !Broker.IsEmpty || !Duties.IsEmpty || Store.Orphans.Count > 0 || Store.Quarantine.Count > 0
                || Store.WithPendingDue.Any() || hubs.Any(h => !h.IsIdle) || Store.DueAt(Now).Any();
            quiet = busy ? 0 : quiet + 1;
            Steps += new[] { Receive(), Chance.Of(All).Publish(), Chance.Of(hubs).Step(), Sweep() }.Count(happened => happened);
            if (++tries > 1_000_000)
                throw new SimulationException("It does not come to rest.");
        }
    }
}
