using System.Diagnostics;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Node.Exchanges;
using ExchangeHub.Node.Members;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExchangeHub.Cli.Load;

/// <summary>A county whose node is away while others ask it, and comes back to what waits.</summary>
sealed class AbsentCounty
{
    /// <summary>Beyond it a backlog does not move: a queue that is full, a county that does not read.</summary>
    static readonly TimeSpan StandstillMax = TimeSpan.FromMinutes(2);
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1); // a count reads the county's rows: oftener it would be load itself
    const int AskAtOnce = 64, People = 80_000;

    readonly World world;
    readonly string folder, aside;

    AbsentCounty(World world, string code)
    {
        (this.world, Code) = (world, code);
        folder = Path.Combine(world.Installation.CountiesFolder, code);
        aside = Path.Combine(world.Installation.Folder, "node", "away");
    }

    public string Code { get; }

    /// <summary>Takes a county's folder away before the node host looks for its counties.</summary>
    public static AbsentCounty TakeAway(World world, string code)
    {
        var county = new AbsentCounty(world, code);
        Directory.Move(county.folder, county.aside);
        return county;
    }

    /// <summary>The others ask it, in turn, and every question reaches its queue.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> AskAsync(IReadOnlyList<string> others, ExchangeCommands commands, SimulationPlan plan, Action<int, int> progress, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, plan.Waiting), new ParallelOptions { MaxDegreeOfParallelism = AskAtOnce, CancellationToken = cancel }, async (n, stop) =>
            SimulationBench.Check(await commands.SendAsync(SimulationBench.Clerk(others[n % others.Count]), SimulationBench.Question(Code, n % People, Guid.CreateVersion7()), stop)));
        await ReachedAsync(plan.Waiting, async () =>
        {
            var waiting = (int)(await world.Broker.QueuesAsync(world.Installation.VirtualHost, cancel)).Single(q => q.Name == BrokerNames.QueueOf(Code)).Messages;
            progress(Math.Min(waiting, plan.Waiting), plan.Waiting);
            return waiting;
        }, cancel);
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Its node comes back and takes in what waits.</summary>
    /// <returns>How long until all of it was on its worklist.</returns>
    public async Task<TimeSpan> ComeBackAsync(int waiting, NpgsqlDataSource nodeData, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        Directory.Move(aside, folder);
        await world.Node.Services.GetRequiredService<HostedCounties>().RefreshAsync(cancel);
        await ReachedAsync(waiting, async () =>
        {
            await using var count = nodeData.CreateCommand("select count(*) from node.exchanges where county = $1");
            count.Parameters.Add(new() { Value = Code });
            return (int)(long)(await count.ExecuteScalarAsync(cancel))!;
        }, cancel);
        return Stopwatch.GetElapsedTime(started);
    }

    static async Task ReachedAsync(int goal, Func<Task<int>> count, CancellationToken cancel)
    {
        var (before, moved) = (-1, Stopwatch.GetTimestamp());
        while (await count() is var now && now < goal)
        {
            if (now != before)
                (before, moved) = (now, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(moved) > StandstillMax)
                throw new TimeoutException($"{now} of {goal} questions that wait for one county, and no more for {StandstillMax.TotalSeconds:0} s.");
            await Task.Delay(LookEvery, cancel);
        }
    }
}
