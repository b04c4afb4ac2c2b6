namespace ExchangeHub.Client.Members;

/// <summary>
/// Exchanges with a gap or a stamp that did not hold: fetched at once, then again at doubling intervals up to 15 minutes. Kept in
/// memory only: while there is one, the feed's cursor stays, so that a restart reads it again.
/// </summary>
sealed class Troubles(TimeProvider system)
{
    static readonly TimeSpan waitFirst = TimeSpan.FromSeconds(1);
    static readonly TimeSpan waitMax = TimeSpan.FromMinutes(15);

    readonly Dictionary<Guid, (DateTimeOffset Next, TimeSpan Wait)> open = [];
    readonly Lock sync = new();

    public int Count
    {
        get
        {
            lock (sync)
                return open.Count;
        }
    }

    /// <summary>When the next one is to be fetched, or none.</summary>
    public DateTimeOffset? NextAt
    {
        get
        {
            lock (sync)
                return open.Count == 0 ? null : open.Values.Min(t => t.Next);
        }
    }

    public void Note(Guid exchange)
    {
        lock (sync)
            open.TryAdd(exchange, (system.GetUtcNow(), waitFirst));
    }

    public void Healed(Guid exchange)
    {
        lock (sync)
            open.Remove(exchange);
    }

    /// <summary>Those to fetch now; each is put off for the case that it fails.</summary>
    public IReadOnlyList<Guid> TakeDue()
    {
        lock (sync)
        {
            var now = system.GetUtcNow();
            var due = open.Where(t => t.Value.Next <= now).Select(t => t.Key).ToList();
            foreach (var exchange in due)
            {
                var wait = open[exchange].Wait;
                open[exchange] = (now + wait, TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, waitMax.Ticks)));
            }
            return due;
        }
    }
}
