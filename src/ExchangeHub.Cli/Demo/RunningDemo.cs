using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.Cli.Demo;

/// <summary>Hub and node host as processes of their own, kept alive; the registrar's duty beside them.</summary>
sealed class RunningDemo : IAsyncDisposable
{
    /// <summary>Nodes warn after 14 days without a new snapshot: daily leaves room for holidays.</summary>
    static readonly TimeSpan ReissueEvery = TimeSpan.FromHours(24);

    readonly CancellationTokenSource stopping = new();
    readonly AppProcess hub;
    readonly AppProcess node;
    Task registrar = Task.CompletedTask;

    RunningDemo(AppProcess hub, AppProcess node) => (this.hub, this.node) = (hub, node);

    public static async Task<RunningDemo> StartAsync(Demonstration demo, ServerAddresses servers, Terminal terminal, CancellationToken cancel)
    {
        var installation = demo.Installation;
        var users = await AppUsers.AssignAsync(installation, cancel);
        terminal.Say(users == AppUsers.Same ? "Starting hub and node host as the same user (run it as root to keep them apart)" : $"Starting hub and node host as users {users.Hub} and {users.Node}");
        var hubProcess = await AppProcess.StartAsync("ExchangeHub.Hub", new Dictionary<string, string>(installation.HubSettings(servers)) { ["Hub:DemoClock"] = "true" },
            users.Hub, installation.HubFolder, demo.LogOf("hub"), installation.HubUrl, terminal.Say, cancel);
        try
        {
            var nodeProcess = await AppProcess.StartAsync("ExchangeHub.Node", new Dictionary<string, string>(installation.NodeSettings(servers)) { ["Node:FollowHubClock"] = "true" },
                users.Node, installation.NodeFolder, demo.LogOf("node"), installation.NodeUrl, terminal.Say, cancel);
            var running = new RunningDemo(hubProcess, nodeProcess);
            running.registrar = running.ReissueAsync(installation, terminal);
            return running;
        }
        catch
        {
            await hubProcess.DisposeAsync();
            throw;
        }
    }

    async Task ReissueAsync(Installation installation, Terminal terminal)
    {
        using var timer = new PeriodicTimer(ReissueEvery);
        try
        {
            do
            {
                try
                {
                    using var steps = new EnrolmentSteps(installation, await BusinessClock.OfAsync(installation, stopping.Token));
                    await steps.ReissueAsync(stopping.Token);
                }
                catch (Exception e) when (e is HttpRequestException or Client.HubApiException or IOException)
                {
                    terminal.Say($"The registrar could not publish a new snapshot: {e.Message} It tries again tomorrow.");
                }
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The demonstration stops.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await registrar;
        // The node first: the hub still takes what it has in hand.
        await node.DisposeAsync();
        await hub.DisposeAsync();
        stopping.Dispose();
    }
}
