using System.Globalization;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;
using Npgsql;

namespace ExchangeHub.Cli.Demo;

/// <summary>Business time of the demonstration while no process of it runs: where it begins, and where it goes on after a rest.</summary>
static class DemoTime
{
    /// <summary>Monday 2 March 2026, 08:00 in Shanghai: February's figures are complete.</summary>
    public static DateTimeOffset Begin { get; } = WireTime.At(new DateOnly(2026, 3, 2), new TimeOnly(8, 0));

    /// <summary>Lets time go on where it stopped: at the last beat or stamp, so that a night without the demonstration is no outage and nothing goes back.</summary>
    /// <param name="from">Not before this instant.</param>
    /// <returns>Business time now.</returns>
    public static async Task<DateTimeOffset> ResumeAsync(ServerAddresses servers, Installation installation, DateTimeOffset from, CancellationToken cancel)
    {
        await using var hub = NpgsqlDataSource.Create(servers.Database(installation.HubDatabase));
        await using var last = hub.CreateCommand("select greatest((select max(at) from hub.beats), (select max(at) from hub.batches), $1)");
        last.Parameters.Add(new() { Value = from.ToUniversalTime() });
        var at = new DateTimeOffset((DateTime)(await last.ExecuteScalarAsync(cancel))!, TimeSpan.Zero);
        var offset = at - TimeProvider.System.GetUtcNow();
        await using var set = hub.CreateCommand("update hub.clock set ahead = $1");
        set.Parameters.Add(new() { Value = offset });
        await set.ExecuteNonQueryAsync(cancel);
        await using var beat = hub.CreateCommand("update hub.beats set at = $1");
        beat.Parameters.Add(new() { Value = at.ToUniversalTime() });
        await beat.ExecuteNonQueryAsync(cancel);
        // The node host follows by itself, but stamps its first messages before it has asked the hub.
        await using var node = NpgsqlDataSource.Create(servers.Database(installation.NodeDatabase));
        await using var follow = node.CreateCommand("insert into node.settings values ('hub-clock-offset-ticks', $1) on conflict (name) do update set value = excluded.value");
        follow.Parameters.Add(new() { Value = offset.Ticks.ToString(CultureInfo.InvariantCulture) });
        await follow.ExecuteNonQueryAsync(cancel);
        return at;
    }
}
