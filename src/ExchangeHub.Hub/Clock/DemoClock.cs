using ExchangeHub.Client;
using ExchangeHub.Hub.Schema;
using Npgsql;

namespace ExchangeHub.Hub.Clock;

/// <summary>Business time of a demonstration: the system's plus what is stored in <c>hub.clock</c>. It never goes back.</summary>
/// <param name="ahead">The stored offset; negative where the demonstration plays in the past.</param>
public sealed class DemoClock(TimeProvider system, TimeSpan ahead = default) : TimeProvider
{
    long aheadTicks = ahead.Ticks;

    /// <summary>The clock with the offset of the last run: no stamp may be made before it is known.</summary>
    public static DemoClock Open(TimeProvider system, NpgsqlDataSource database)
    {
        using var command = database.Command(StoredOffset);
        return new DemoClock(system, (TimeSpan)command.ExecuteScalar()!);
    }

    const string StoredOffset = "select ahead from hub.clock";

    public override DateTimeOffset GetUtcNow() => system.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref aheadTicks));

    public override long GetTimestamp() => system.GetTimestamp();

    public override long TimestampFrequency => system.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => system.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes over what another process of this hub stored.</summary>
    public async Task FollowAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.Command(StoredOffset);
        Advance((TimeSpan)(await command.ExecuteScalarAsync(ct))!);
    }

    /// <summary>Moves business time forward to an instant, for every process of this hub, and writes a beat there: a jump is no outage.</summary>
    /// <returns><c>false</c> when the instant is not ahead of now: nothing changed.</returns>
    public async Task<bool> JumpAsync(NpgsqlDataSource database, DurableWrite durable, DateTimeOffset to, CancellationToken ct)
    {
        var offset = to - system.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        // In one transaction with the beats: no process may find the new time without them.
        batch.Add("update hub.clock set ahead = $1 where ahead < $1", offset);
        batch.Add("update hub.beats set at = $1 where at < $1 and exists (select 1 from hub.clock where ahead = $2)", to, offset);
        await durable.DoAsync(HubWrites.Clock, () => batch.ExecuteNonQueryAsync(ct));
        if (batch.BatchCommands[0].RecordsAffected != 1)
            return false;
        Advance(offset);
        return true;
    }

    void Advance(TimeSpan to)
    {
        long known;
        do
        {
            known = Interlocked.Read(ref aheadTicks);
            if (to.Ticks <= known)
                return;
        } while (Interlocked.CompareExchange(ref aheadTicks, to.Ticks, known) != known);
    }
}
