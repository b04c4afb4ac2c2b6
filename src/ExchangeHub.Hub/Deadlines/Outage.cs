namespace ExchangeHub.Hub.Deadlines;

/// <summary>A time in which nobody, or one county, could be in time: what was to be done by an instant inside it may be done until its end plus an hour.</summary>
/// <param name="From">Its begin, UTC: a deadline at this very instant had its whole time.</param>
/// <param name="To">Its end, UTC: a deadline at this very instant had its last moments inside.</param>
/// <param name="Unit">The county whose outage it was, as its province recorded; <c>null</c>: the hub's, everybody's.</param>
public sealed record Outage(DateTimeOffset From, DateTimeOffset To, string? Unit = null)
{
    /// <summary>What moves, moves to this long after the end.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>What an instant, the first that is too late for a county, becomes by this outage: itself where it lies outside.</summary>
    public DateTimeOffset Moved(string unit, DateTimeOffset dueAt) => (Unit is null || Unit == unit) && dueAt > From && dueAt <= To ? To + Grace : dueAt;
}
