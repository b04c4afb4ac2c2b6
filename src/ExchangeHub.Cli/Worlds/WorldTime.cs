using System.Text;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Counties;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Register;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExchangeHub.Cli.Worlds;

public sealed partial class World
{
    static readonly TimeSpan QuietWithin = TimeSpan.FromSeconds(60);

    /// <summary>Moves the business clock to an instant, for hub and node alike; a running hub writes its beat there and looks at its deadlines. Never back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies before the clock.</exception>
    public async Task AdvanceToAsync(DateTimeOffset instant, CancellationToken cancel = default)
    {
        var clock = Clock ?? throw new InvalidOperationException("This world runs on real time.");
        if (WireTime.Truncate(instant) < WireTime.Truncate(clock.GetUtcNow()))
            throw new ArgumentOutOfRangeException(nameof(instant), instant, "The business clock never goes back.");
        if (instant <= clock.GetUtcNow())
            return;
        if (!HubIsUp)
        {
            clock.SetUtcNow(instant);
            return;
        }
        await Hub.Services.GetRequiredService<OutageWatch>().JumpAsync(() => clock.SetUtcNow(instant), cancel);
        await RunDeadlineClockAsync(cancel);
        if (Clocks.Now - snapshotAt > SnapshotAge)
            await ReissueSnapshotAsync(cancel);
    }

    /// <summary>The registrar's weekly duty; the counties of a running node host fetch the new snapshot.</summary>
    public async Task ReissueSnapshotAsync(CancellationToken cancel = default)
    {
        await Steps.ReissueAsync(cancel);
        snapshotAt = Clocks.Now;
        await AnnounceAsync(cancel);
        if (NodeIsUp)
            await Task.WhenAll(Node.Services.GetRequiredService<HostedCounties>().All.Select(c => c.Member.RefreshRegistryAsync(cancel)));
    }

    // Told here rather than some time later: a batch of its own amid what is played would be another run each time.
    Task<int> AnnounceAsync(CancellationToken cancel) => Hub.Services.GetRequiredService<Announcer>().RunOnceAsync(cancel);

    /// <summary>Runs the hub's deadline clock until nothing is due any more.</summary>
    public async Task RunDeadlineClockAsync(CancellationToken cancel = default)
    {
        while (await Hub.Services.GetRequiredService<DeadlineClock>().RunOnceAsync(cancel) > 0)
        {
        }
    }

    /// <summary>Waits until every message has its receipt, the hub has nothing unconfirmed and every delivery is applied.</summary>
    /// <param name="within">System time; default one minute.</param>
    /// <param name="of">Default: every county of this world.</param>
    /// <exception cref="TimeoutException">Says what is not quiet.</exception>
    public async Task QuietAsync(TimeSpan? within = null, IReadOnlyList<string>? of = null, CancellationToken cancel = default)
    {
        await using var hubData = NpgsqlDataSource.Create(Servers.Database(Installation.HubDatabase));
        await using var nodeData = NpgsqlDataSource.Create(Servers.OfNode.Database(Installation.NodeDatabase));
        await new QuietCheck(hubData, nodeData).WaitAsync(of ?? counties, within ?? QuietWithin, TimeProvider.System, cancel);
    }

    /// <summary>Loads a county's register from CSV.</summary>
    public Task<RegisterImport> ImportRegisterAsync(string county, string csv, CancellationToken cancel = default) =>
        Node.Services.GetRequiredService<RegisterTable>().ImportAsync(county, Encoding.UTF8.GetBytes(csv), cancel);
}
