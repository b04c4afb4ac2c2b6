using System.Globalization;
using Npgsql;

namespace ExchangeHub.Node.Members;

/// <summary>
/// Business time as the hub has it: system time plus an offset learnt from <c>GET /time</c>. For demonstrations whose hub runs on another date.
/// The offset is kept in the database, so that a restarted node does not fall back to today while the hub is away.
/// </summary>
sealed class HubClock(TimeProvider system) : TimeProvider
{
    const string Setting = "hub-clock-offset-ticks";
    /// <summary>Below this a difference is the network's, not the clocks'.</summary>
    static readonly TimeSpan tolerance = TimeSpan.FromMilliseconds(500);

    long offsetTicks;

    public override DateTimeOffset GetUtcNow() => system.GetUtcNow().AddTicks(Interlocked.Read(ref offsetTicks));

    /// <summary>Takes up the offset of the last run.</summary>
    public async Task LoadAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select value from node.settings where name = $1");
        command.Parameters.Add(new() { Value = Setting });
        if (await command.ExecuteScalarAsync(ct) is string value)
            Interlocked.Exchange(ref offsetTicks, long.Parse(value, CultureInfo.InvariantCulture));
    }

    /// <summary>Follows the hub's clock where it differs.</summary>
    /// <param name="hubNow">What <c>GET /time</c> answered just now.</param>
    public async Task LearnAsync(NpgsqlDataSource source, DateTimeOffset hubNow, CancellationToken ct)
    {
        var offset = hubNow - system.GetUtcNow();
        if ((offset - TimeSpan.FromTicks(Interlocked.Read(ref offsetTicks))).Duration() < tolerance)
            return;
        Interlocked.Exchange(ref offsetTicks, offset.Ticks);
        await using var command = source.CreateCommand("""
            insert into node.settings values ($1, $2) on conflict (name) do update set value = excluded.value
            """);
        command.Parameters.Add(new() { Value = Setting });
        command.Parameters.Add(new() { Value = offset.Ticks.ToString(CultureInfo.InvariantCulture) });
        await command.ExecuteNonQueryAsync(ct);
    }
}
