using System.Collections.Concurrent;

namespace ExchangeHub.Hub.Relay;

/// <summary>Counties whose queue is missing or full: their messages rest, everybody else's go on. Known to this process alone; another finds out by itself.</summary>
sealed class ParkedCounties(TimeProvider system)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(30), Max = TimeSpan.FromMinutes(15);

    readonly ConcurrentDictionary<string, (DateTimeOffset Until, int Times)> parked = new(StringComparer.Ordinal);

    public bool Rests(string county) => parked.TryGetValue(county, out var p) && system.GetUtcNow() < p.Until;

    /// <summary>All that rest now.</summary>
    public string[] Resting() => [.. parked.Keys.Where(Rests)];

    /// <returns>Until when, system time; twice as long each time.</returns>
    public DateTimeOffset Park(string county)
    {
        var now = system.GetUtcNow();
        return parked.AddOrUpdate(county, (now + First, 1),
            (_, p) => now < p.Until ? p : (now + TimeSpan.FromTicks(Math.Min(First.Ticks << Math.Min(p.Times, 5), Max.Ticks)), p.Times + 1)).Until;
    }

    public void Release(string county) => parked.TryRemove(county, out _);
}
