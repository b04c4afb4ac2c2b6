using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.UnitTests.Simulation.Expected;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>One process of the hub: what a batch goes through, one stage a step, so that a crash or the other process may come between any two.
/// Plan, fold and decisions are the product's.</summary>
sealed class SimHub(World world)
{
    const int BatchMax = 8;

    enum Stage { Idle, Taken, Read, Folded, Committed }

    Stage stage;
    List<Incoming> taken = [];
    List<Work> work = [];
    BatchReads.Found? found;
    Plan? plan;
    BatchDraft? draft;
    DateTimeOffset at;
    int readVersion;
    bool knew2026;
    List<Parcel> toPublish = [];

    public bool IsIdle => stage is Stage.Idle;

    /// <summary>Whether this process has read the calendar of the new year: each reads new rules in its own time.</summary>
    public bool Knows2026 { get; set; }

    /// <summary>One stage on.</summary>
    /// <returns>Whether anything happened.</returns>
    public bool Step()
    {
        switch (stage)
        {
            case Stage.Idle:
                return Take();
            case Stage.Taken:
                (at, readVersion) = (world.Now, world.Store.Version);
                found = world.Store.Read(work, at);
                stage = Stage.Read;
                break;
            case Stage.Read:
                Fold();
                break;
            case Stage.Folded:
                Commit();
                break;
            case Stage.Committed:
                Publish();
                break;
        }
        return true;
    }

    /// <summary>The process ends where it stands; another begins in its place.</summary>
    public void Crash()
    {
        if (stage is Stage.Folded)
            world.Store.Unlock(plan!.Locked);
        if (stage is Stage.Committed)
            world.Store.Orphans.AddRange(toPublish);
        else
            world.Duties.GiveBack(work.OfType<Work.Duty>()); // the rows are still due
        world.Broker.GiveBack(taken);
        Rest();
    }

    void Rest() => (stage, taken, work, toPublish) = (Stage.Idle, [], [], []);

    bool Take()
    {
        work = [.. world.Duties.Take(this, BatchMax)];
        if (work.Count == 0)
        {
            for (var n = Math.Min(world.Broker.Waiting, 1 + world.Chance.Below(BatchMax)); n > 0; n--)
                taken.Add(world.Broker.TakeSubmitted());
            work = [.. taken.Select(m => world.Chance.PerMille(world.IsEnding ? 0 : 6) ? (Work)new Work.Hold(m, "poison", MayBeKept: true) : new Work.Judge(m, []))];
        }
        if (work.Count > 0)
            stage = Stage.Taken;
        return work.Count > 0;
    }

    void Fold()
    {
        plan = Plan.Of(work, found!);
        if (world.Store.Lock(plan.Locked, this) is not { } locked)
            return; // it waits for the other process
        knew2026 = Knows2026;
        draft = new BatchFold(World.Hub, at, world.Rules(knew2026), found!.Seen, locked).Fold(plan.Pieces);
        stage = Stage.Folded;
    }

    void Commit()
    {
        var fate = world.IsEnding ? 999 : world.Chance.Below(1000);
        if (fate < 10) // sent and never arrived: the process does not know, and neither acknowledges nor tries again
        {
            Crash();
            return;
        }
        var parcels = world.Store.Commit(draft!);
        world.Store.Unlock(plan!.Locked);
        if (parcels is null)
        {
            stage = Stage.Taken; // judged by the other meanwhile: it looks again
            return;
        }
        world.Witness.Compare(plan.Pieces, draft!, new Book.Batch(at, new WalkedDays(knew2026, world.Away), readVersion, world.Store.Version));
        parcels.AddRange(draft!.Repeats.Select(r => new Parcel(r.County, r.Seen.Leaf)));
        toPublish = parcels;
        world.Duties.Done(work.OfType<Work.Duty>());
        stage = Stage.Committed;
        if (fate < 20) // it arrived, and its answer is lost
            Crash();
    }

    void Publish()
    {
        for (var some = 1 + world.Chance.Below(8); some > 0 && toPublish.Count > 0; some--)
        {
            world.Publish(toPublish[^1]);
            toPublish.RemoveAt(toPublish.Count - 1);
        }
        if (toPublish.Count == 0)
            Rest(); // only now the broker is told
    }
}
