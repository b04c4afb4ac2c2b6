using System.CommandLine;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Demo;

/// <summary><c>exchangehub up</c>: the demonstration, until Ctrl-C.</summary>
static class UpCommand
{
    public static Command Create()
    {
        var command = new ExampledCommand("up", "Hub and node host with 20 counties of 3 provinces, February 2026 behind them, going on from Monday 2 March 2026, 08:00, with demo traffic. All persons are invented. Ends with Ctrl-C; the next run goes on.",
            "up", "up --check");
        var check = new Option<bool>("--check") { Description = "Check itself with 200 exchanges and February's known figures, print the rates table and end: 0, or 1 with what is wrong." };
        command.Add(check);
        command.Add(Common.Folder);
        command.OnServers(async (parse, servers, terminal, cancel) =>
        {
            var folder = Path.GetFullPath(parse.GetValue(Common.Folder)!);
            using var alone = DemoMark.Claim(folder);
            var demo = await Demonstration.EnsureAsync(servers, folder, terminal, cancel);
            await using var running = await RunningDemo.StartAsync(demo, servers, terminal, cancel);
            var accounts = DemoAccounts.Load(demo.Installation);
            using var people = new NodePeople(demo.Installation.NodeUrl, accounts);
            if (parse.GetValue(check))
                return await CheckAsync(demo, people, servers, terminal, cancel);
            Welcome(demo, accounts, terminal);
            await new DemoTraffic(people, demo.Counties, terminal).RunAsync(cancel);
            terminal.Say("Stopping");
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task<int> CheckAsync(Demonstration demo, NodePeople people, ServerAddresses servers, Terminal terminal, CancellationToken cancel)
    {
        var wrong = await new UpCheck(demo, people, terminal).RunAsync(servers, cancel);
        foreach (var problem in wrong)
            terminal.Say("WRONG: " + problem);
        terminal.Say(wrong.Count == 0 ? "All is well" : $"Logs: {demo.LogOf("hub")}, {demo.LogOf("node")}");
        return wrong.Count == 0 ? ExitCodes.Done : ExitCodes.Differs;
    }

    static void Welcome(Demonstration demo, IReadOnlyList<DemoAccount> accounts, Terminal terminal)
    {
        DemoAccount[] shown =
        [
            accounts.First(a => a.Scope == DemoTraffic.Visited), accounts.First(a => a.Scope == "510104"), accounts.First(a => a.Scope == "330000"), accounts.First(a => a.Account == DemoAccounts.Operator),
        ];
        terminal.Show(new { hub = demo.Installation.HubUrl, node = demo.Installation.NodeUrl, accounts = shown }, _ => Terminal.Table(
            ["address", "account", "password", "sees"],
            shown.Select(a => new object?[] { a.At == "hub" ? demo.Installation.HubUrl : demo.Installation.NodeUrl, a.Account, a.Password, a.Scope })));
        terminal.Say($"""
            All accounts: {DemoAccounts.FileOf(demo.Installation)}
            Try: sign in as {shown[0].Account}, answer the first row of the worklist, send a question to 510104;
                 sign in as {shown[1].Account} in another browser profile and answer it;
                 see February by county, and the list behind each number, as {shown[2].Account} at the hub.
            Interfaces: {demo.Installation.HubUrl}swagger and {demo.Installation.NodeUrl}swagger. Logs: {demo.LogOf("hub")}, {demo.LogOf("node")}.
            A question comes every few seconds. Ctrl-C stops everything; run it again to go on.
            """);
    }
}
