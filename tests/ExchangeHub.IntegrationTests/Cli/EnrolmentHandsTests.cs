using System.Diagnostics;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client.Registry;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>Registrar and node at machines of their own: processes whose environment holds no server's password.</summary>
public sealed class EnrolmentHandsTests(TestServers servers) : IDisposable
{
    const string County = "340221";

    readonly string node = Directory.CreateTempSubdirectory("exchangehub-hands-").FullName;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(node, recursive: true);

    [Fact]
    public async Task A_county_joins_and_renews_its_keys_and_neither_registrar_nor_node_has_a_server_s_password()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "hands", Counties = [], StartNode = false, RealClock = true }, Stop);
        await world.Installation.SaveAsync(Stop);
        var registrar = world.Installation.Folder;
        var desk = Typed.Json(await Typed.RunAsync(world, "accounts", "create", "desk", "--at", "hub", "--role", "operator", "--json")).GetProperty("password").GetString()!;
        var broker = Typed.Json(await Typed.RunAsync(world, "enrol", "broker-user", County, "--json")).GetProperty("password").GetString()!;

        var invitation = Path.Combine(node, "invitation.json");
        await File.WriteAllTextAsync(invitation, await DoneAsync(registrar, "", "enrol", "invite", County), Stop);
        await DoneAsync(node, "EXCHANGEHUB_BROKER_PASSWORD=" + broker, "enrol", "request", invitation); // no installation is known there
        await DoneAsync(registrar, "EXCHANGEHUB_PASSWORD=" + desk, "enrol", "sign", "--account", "desk");
        await DoneAsync(node, "", "keys", "renew", County);
        await DoneAsync(registrar, "EXCHANGEHUB_PASSWORD=" + desk, "enrol", "sign", "--account", "desk");

        var keys = JsonDocument.Parse(await DoneAsync(registrar, "", "keys", "list", County, "--json")).RootElement;
        keys.GetArrayLength().ShouldBe(4);
        using var folder = CountyFolder.Open(Path.Combine(node, "node", "counties", County));
        folder.Settings.BrokerPassword.ShouldBe(broker);
        new Uri(folder.Settings.Amqp).Port.ShouldBe(world.Servers.RabbitMq.Port);
    }

    /// <param name="secret">The one this hand has, as <c>NAME=value</c>.</param>
    /// <returns>What it printed.</returns>
    static async Task<string> DoneAsync(string folder, string secret, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "exchangehub.dll"), .. words, "--folder", folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EXCHANGEHUB_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        if (secret.Split('=', 2) is [var variable, var value])
            start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop);
        process.ExitCode.ShouldBe(ExitCodes.Done, await error);
        return await output;
    }
}
