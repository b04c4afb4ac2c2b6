using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Demo;

/// <summary>The demonstration as it stands on disk and servers: twenty counties with a February behind them.</summary>
/// <param name="February">What was played, and what its figures must be.</param>
sealed record Demonstration(Installation Installation, Scenario February)
{
    const int HubPort = 8080, NodePort = 8081;
    const string VirtualHostName = "exchangehub_demo";
    const string ScenarioName = "scenarios/demo-february.json";

    public IReadOnlyList<string> Counties => February.Counties;

    public string LogOf(string name) => Path.Combine(Installation.Folder, name + ".log");

    /// <summary>Finds the demonstration, or makes it: databases, virtual host, accounts, the four steps for each county, and February.</summary>
    public static async Task<Demonstration> EnsureAsync(ServerAddresses servers, string folder, Terminal terminal, CancellationToken cancel)
    {
        var february = await ScenarioFile.ReadAsync(ShippedFiles.PathOf(ScenarioName), cancel);
        using var broker = new BrokerAdmin(servers);
        var found = Installation.Load(folder) ?? New(servers, folder);
        await DemoMark.EnsureOwnAsync(servers, broker, found, cancel);
        if (DemoMark.IsPlayed(found) && await Databases.ExistsAsync(servers, found.HubDatabase, cancel))
        {
            await AppUsers.ReclaimAsync(found, cancel);
            await found.PrepareAsync(servers, broker, cancel);
            // Servers that were made anew (a container without its volume) know no users; repeating changes nothing on others.
            await Parallel.ForEachAsync(february.Counties, cancel, async (county, _) =>
                await broker.AddCountyAsync(found.VirtualHost, county, servers.SharedPasswordOf(county), BrokerLimits.Shared, cancel));
            var now = await DemoTime.ResumeAsync(servers, found, DemoTime.Begin, cancel);
            terminal.Say($"Found the demonstration in {folder}; business time goes on at {new LocalInstant(now)}.");
            return new Demonstration(found, february);
        }
        await DemoMark.EnsureUsersFreeAsync(servers, broker, february.Counties, cancel);
        await found.SaveAsync(cancel); // before anything is made: from here on the folder is this demonstration's
        var demo = new Demonstration(found, february);
        await demo.PlayFebruaryAsync(servers, broker, terminal, cancel);
        await DemoTime.ResumeAsync(servers, found, DemoTime.Begin, cancel);
        DemoMark.Played(found); // last: a first run that was cut off begins anew
        return demo;
    }

    static Installation New(ServerAddresses servers, string folder) => new("hub.demo", "exchangehub_demo_hub", "exchangehub_demo_node", VirtualHostName, servers.Amqp(VirtualHostName), Path.GetFullPath(folder),
        new Uri($"http://127.0.0.1:{Ports.FreeNear(HubPort)}/"), new Uri($"http://127.0.0.1:{Ports.FreeNear(NodePort)}/"))
    { Demonstration = DemoMark.New() };

    async Task PlayFebruaryAsync(ServerAddresses servers, BrokerAdmin broker, Terminal terminal, CancellationToken cancel)
    {
        await Installation.DropAsync(servers, broker);
        terminal.Say("Making databases and virtual host, enrolling 20 counties of 3 provinces by the four steps");
        await using var world = await World.CreateAsync(servers, new WorldOptions { Counties = Counties, StartAt = February.StartAt.At }, Installation, keep: true, cancel);
        var accounts = await DemoAccounts.CreateAsync(servers, Installation, Counties, cancel);
        var monitor = accounts.First(a => a.Role == Web.Accounts.Roles.Monitor);
        terminal.Say($"The hub's page fills while February 2026 is played: {Installation.HubUrl} as {monitor.Account}, password {monitor.Password}");
        var played = await terminal.ProgressAsync("February 2026", progress => ScenarioRun.PlayAsync(world, February, progress, cancel));
        if (played.Figures.FirstOrDefault(f => !f.Agrees) is { } wrong)
            throw new InvalidOperationException($"February came out wrong: {wrong.Expected.Indicator} of {wrong.Expected.County} is {wrong.Actual}.");
        await world.AdvanceToAsync(DemoTime.Begin, cancel);
        await world.ReissueSnapshotAsync(cancel);
        await world.QuietAsync(cancel: cancel);
    }
}
