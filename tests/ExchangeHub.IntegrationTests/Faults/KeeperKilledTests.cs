using System.Diagnostics;
using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Jose;
using ExchangeHub.IntegrationTests.Hub;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary><c>exchangehub up</c>, ended as a power cut of its own would: nothing is asked, nothing is cleaned up.</summary>
public sealed class KeeperKilledTests(TestServers servers)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hub_and_node_host_end_by_themselves_when_the_command_that_keeps_them_is_killed()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "killed", Counties = ["330106"] }, Cancel);
        await LeaveDemonstrationAsync(world);
        await world.StopNodeAsync(Cancel);
        await world.StopHubAsync(Cancel);

        using var up = Process.Start(Up(world))!;
        try
        {
            _ = up.StandardOutput.ReadToEndAsync(CancellationToken.None); // full pipes would stop it
            _ = up.StandardError.ReadToEndAsync(CancellationToken.None);
            await HubWorld.Eventually(async () => await IsReadyAsync(world.Installation.NodeUrl) && await IsReadyAsync(world.Installation.HubUrl));
            up.Kill(entireProcessTree: false);
            await up.WaitForExitAsync(Cancel);
            await HubWorld.Eventually(async () => !await AnswersAsync(world.Installation.NodeUrl) && !await AnswersAsync(world.Installation.HubUrl));
        }
        finally
        {
            up.Kill(entireProcessTree: true);
        }
    }

    // What a first run would have left: without it the command ends by itself.
    static async Task LeaveDemonstrationAsync(World world)
    {
        const string mark = "exchangehub demonstration of a test";
        await (world.Installation with { Demonstration = mark }).SaveAsync(Cancel);
        foreach (var database in new[] { world.Installation.HubDatabase, world.Installation.NodeDatabase })
            await Databases.MarkAsync(world.Servers, database, mark, Cancel);
        await world.Broker.SetUpAsync(world.Installation.VirtualHost, mark, Cancel);
        PrivateFile.Write(Path.Combine(world.Installation.HubFolder, "february.played"), "");
        var counties = (await ScenarioFile.ReadAsync(ShippedFiles.PathOf("scenarios/demo-february.json"), Cancel)).Counties;
        var accounts = counties.Select(c => $"node\tclerk-{c}\tnone\tclerk\t{c}").Append("hub\tmonitor\tnone\tmonitor\t330000").Append("hub\toperator\tnone\toperator\t*");
        PrivateFile.Write(Path.Combine(world.Installation.Folder, "accounts.txt"), string.Join('\n', accounts));
    }

    static ProcessStartInfo Up(World world)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "exchangehub.dll"), "up", "--folder", world.Installation.Folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[ServerAddresses.PostgresVariable] = world.Servers.Postgres;
        start.Environment[ServerAddresses.RabbitMqVariable] = world.Servers.RabbitMq.ToString();
        start.Environment[ServerAddresses.RabbitMqManagementVariable] = world.Servers.RabbitMqManagement.ToString();
        return start;
    }

    static async Task<bool> IsReadyAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        try
        {
            using var answer = await http.GetAsync(new Uri("healthz/ready", UriKind.Relative), Cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static async Task<bool> AnswersAsync(Uri address)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, Cancel);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
