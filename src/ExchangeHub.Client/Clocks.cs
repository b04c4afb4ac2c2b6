using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Client;

/// <summary>
/// The two clocks. <see cref="Business"/>: stamps, deadlines, registry age, token times; a demonstration or a scenario replaces it.
/// <see cref="System"/>: timeouts, watchdogs, sweeps, heartbeat intervals, skew. In production both are the system's.
/// </summary>
public sealed record Clocks(TimeProvider Business, TimeProvider System)
{
    public static Clocks Real { get; } = new(TimeProvider.System, TimeProvider.System);

    /// <summary>Business time, UTC, cut to microseconds: the grain of the wire and of the database.</summary>
    public DateTimeOffset Now => WireTime.Truncate(Business.GetUtcNow());
}
