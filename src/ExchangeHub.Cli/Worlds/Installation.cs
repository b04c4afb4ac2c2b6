using System.Text.Json;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Node.Schema;

namespace ExchangeHub.Cli.Worlds;

/// <summary>
/// One hub and one node host as an operator sets them up: where their databases, virtual host, keys and addresses are.
/// Kept as <c>installation.json</c> in its folder; the servers' credentials are not in it.
/// </summary>
/// <param name="Amqp">Broker and virtual host as invitations name them, without a user.</param>
/// <param name="Folder">Holds <c>hub/</c>, <c>node/</c> and <c>registrar/</c>, each for its own user.</param>
public sealed record Installation(string HubId, string HubDatabase, string NodeDatabase, string VirtualHost, Uri Amqp, string Folder, Uri HubUrl, Uri NodeUrl)
{
    const string FileName = "installation.json";

    /// <summary>Names the one demonstration that this folder, its databases and its virtual host belong to; absent: an installation, which no demonstration touches.</summary>
    public string? Demonstration { get; init; }

    public string HubFolder => Path.Combine(Folder, "hub");
    public string RegistrarKeyFile => Path.Combine(HubFolder, "registrar.json");
    public string NodeFolder => Path.Combine(Folder, "node");
    public string CountiesFolder => CountiesIn(Folder);
    /// <summary>Where a node's counties lie in a folder, whether an installation is known there or not.</summary>
    public static string CountiesIn(string folder) => Path.Combine(folder, "node", "counties");
    /// <summary>The registrar's own: neither hub nor node may read it.</summary>
    public string RegistrarFolder => Path.Combine(Folder, "registrar");

    /// <summary>Makes databases, tables, calendar, divisions and the virtual host where they are missing. Repeating changes nothing.</summary>
    public async Task PrepareAsync(ServerAddresses servers, BrokerAdmin broker, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(HubFolder);
        Directory.CreateDirectory(CountiesFolder);
        Directory.CreateDirectory(RegistrarFolder);
        await Task.WhenAll(PrepareHubAsync(servers, cancel), PrepareNodeAsync(servers.OfNode, cancel), PrepareBrokerAsync(servers, broker, cancel));
    }

    async Task PrepareHubAsync(ServerAddresses servers, CancellationToken cancel)
    {
        var fresh = await Databases.CreateAsync(servers, HubDatabase, Demonstration, cancel);
        await HubSchema.ApplyAsync(servers.Database(HubDatabase), cancel);
        if (!fresh)
            return;
        using (var divisions = ShippedFiles.Open("divisions.csv"))
            await HubSchema.ImportDivisionsAsync(servers.Database(HubDatabase), divisions, cancel);
        using var holidays = ShippedFiles.Open("holidays.csv");
        await HubSchema.ImportCalendarAsync(servers.Database(HubDatabase), holidays, ct: cancel);
    }

    async Task PrepareNodeAsync(ServerAddresses servers, CancellationToken cancel)
    {
        await Databases.CreateAsync(servers, NodeDatabase, Demonstration, cancel);
        await NodeSchema.ApplyAsync(servers.Database(NodeDatabase), cancel);
    }

    async Task PrepareBrokerAsync(ServerAddresses servers, BrokerAdmin broker, CancellationToken cancel)
    {
        await broker.SetUpAsync(VirtualHost, Demonstration, cancel);
        await broker.AddHubUserAsync(VirtualHost, servers.SharedPasswordOf(BrokerAdmin.HubUser), cancel);
    }

    /// <summary>The hub's configuration; <c>:</c> becomes <c>__</c> in environment variables.</summary>
    public IReadOnlyDictionary<string, string> HubSettings(ServerAddresses servers) => new Dictionary<string, string>
    {
        ["Hub:Id"] = HubId,
        ["Hub:Database"] = servers.Database(HubDatabase),
        ["Hub:Broker"] = servers.Amqp(BrokerAdmin.HubUser, servers.SharedPasswordOf(BrokerAdmin.HubUser), VirtualHost).ToString(),
        ["Hub:KeyDirectory"] = HubFolder,
        ["Hub:RegistrarKey"] = RegistrarKeyFile,
        ["Urls"] = HubUrl.ToString().TrimEnd('/'),
    };

    /// <summary>The node host's configuration.</summary>
    public IReadOnlyDictionary<string, string> NodeSettings(ServerAddresses servers) => new Dictionary<string, string>
    {
        ["Node:Database"] = servers.OfNode.Database(NodeDatabase),
        ["Node:KeyDirectory"] = CountiesFolder,
        ["Urls"] = NodeUrl.ToString().TrimEnd('/'),
    };

    /// <summary>Takes databases, virtual host and the three folders away; what else lies beside them stays.</summary>
    public async Task DropAsync(ServerAddresses servers, BrokerAdmin broker)
    {
        await broker.DropAsync(VirtualHost);
        await Databases.DropAsync(servers, HubDatabase);
        await Databases.DropAsync(servers.OfNode, NodeDatabase);
        foreach (var made in new[] { HubFolder, NodeFolder, RegistrarFolder })
            if (Directory.Exists(made))
                Directory.Delete(made, recursive: true);
    }

    public async Task SaveAsync(CancellationToken cancel = default) =>
        await File.WriteAllTextAsync(Path.Combine(Folder, FileName), JsonSerializer.Serialize(this, JsonSerializerOptions.Web), cancel);

    /// <summary>The installation kept in a folder, or <c>null</c> where none is.</summary>
    public static Installation? Load(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return File.Exists(file) ? JsonSerializer.Deserialize<Installation>(File.ReadAllText(file), JsonSerializerOptions.Web) : null;
    }
}
