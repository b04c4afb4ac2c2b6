using System.Globalization;
using ExchangeHub.Cli.Worlds;
using Npgsql;

namespace ExchangeHub.Cli.Load;

/// <summary>Reads what stands open, and the memory of the processes that share the work.</summary>
static class Footprints
{
    public static async Task<Footprint> ReadAsync(World world, int[] hubs, CancellationToken cancel) => new(
        await world.Broker.ConnectionsAsync(world.Installation.VirtualHost, cancel),
        await SessionsAsync(world.Servers.Database(world.Installation.HubDatabase), cancel),
        await SessionsAsync(world.Servers.OfNode.Database(world.Installation.NodeDatabase), cancel),
        Resident(Environment.ProcessId), [.. hubs.Select(Resident)]);

    static async Task<int> SessionsAsync(string database, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var count = source.CreateCommand("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        return (int)(long)(await count.ExecuteScalarAsync(cancel))!;
    }

    // MiB; Linux tells kB.
    static long? Resident(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // it ended just now, or this is no Linux
        }
    }
}
