using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Ledger;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>What the hub has to do by itself, until it is done: the clock's rounds, outages, late confirms, rulings, calendars, replays.</summary>
sealed class DutyDesk(World world)
{
    readonly List<Work.Duty> waiting = [];
    readonly Dictionary<Guid, int> moving = [];

    public bool IsEmpty => waiting.Count == 0;

    public void Add(Guid exchange, HubCommand command)
    {
        waiting.Add(new(exchange, command));
        if (command is HubCommand.MoveForOutage)
            moving[exchange] = moving.GetValueOrDefault(exchange) + 1;
    }

    public IEnumerable<Work> Take(SimHub hub, int max)
    {
        if (waiting.Count > 0)
        {
            var some = waiting.Take(max).ToList();
            waiting.RemoveRange(0, some.Count);
            return some;
        }
        return world.Chance.Below(10) switch
        {
            < 2 => [.. world.Store.DueAt(world.Now).Where(e => !moving.ContainsKey(e) && !world.Store.IsHeld(e)).Take(max).Select(e => new Work.Duty(e, new HubCommand.FollowUp()))],
            2 when hub.Knows2026 => [.. world.Store.WithPendingDue.Take(max).Select(e => new Work.Duty(e, new HubCommand.SetPendingDue()))],
            3 when world.Store.Quarantine.Count > 0 => [ReplayOf(world.Store.Quarantine.Values.First())],
            _ => [],
        };
    }

    static Work.Replay ReplayOf((BatchDraft.QuarantineRow Row, DateTimeOffset At) held) =>
        new(held.Row.Message, [], held.Row.Message.MessageId!.Value, held.At);

    public void GiveBack(IEnumerable<Work.Duty> duties) => waiting.AddRange(duties.Where(d => d.Command is not (HubCommand.FollowUp or HubCommand.SetPendingDue)));

    public void Done(IEnumerable<Work.Duty> duties)
    {
        foreach (var duty in duties)
            if (duty.Command is HubCommand.MoveForOutage && --moving[duty.ExchangeId] == 0)
                moving.Remove(duty.ExchangeId);
    }
}
