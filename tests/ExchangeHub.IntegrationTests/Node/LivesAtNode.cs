using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Cli;
using ExchangeHub.Web.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>A node with one exchange for each opening kind and phase, brought there through its interface, and three counties' people: both parties and a stranger.</summary>
public sealed class LivesAtNode(TestServers servers) : IAsyncLifetime
{
    /// <summary>A second stranger: once its opening under somebody else's id was refused, it has an exchange of that id of its own.</summary>
    public const string Intruder = "intruder";

    static readonly Dictionary<string, string> counties = new()
    {
        [LifeTable.Asker] = "330106",
        [LifeTable.Receiver] = "510104",
        [LifeTable.Stranger] = "420581",
        [Intruder] = "340221",
    };

    /// <summary>Milliseconds that one walk, or bringing the exchanges about, may take: many times what it takes on a busy machine.</summary>
    public const int WalkMax = 180_000;

    readonly Dictionary<string, CountyAtNode> people = [];
    readonly Dictionary<string, (string Name, string Password)> typists = [];
    Dictionary<(string Opening, Phase Phase), Guid> ids = [];
    World? world;
    CancellationTokenSource? limit;

    public World World => world ?? throw new InvalidOperationException("Not begun.");

    CancellationToken Stop => limit?.Token ?? TestContext.Current.CancellationToken;

    public static ParallelOptions Eight(CancellationToken stop) => new() { MaxDegreeOfParallelism = 8, CancellationToken = stop };

    public CountyAtNode At(string party) => people[party];

    /// <summary>What this cell says: to the other side, or, a stranger, to the receiver.</summary>
    public (string Path, string[] Words, object Body) Say(LifeTable.Cell cell) =>
        SaidAtNode.Of(cell.Kind, ids[(cell.Opening, cell.Phase)], counties[cell.Party == LifeTable.Receiver ? LifeTable.Asker : LifeTable.Receiver]);

    /// <summary>Types a command, its body on standard input.</summary>
    internal Task<Typed.Run> TypeAsync(string party, string[] words, object body, string lang) =>
        Typed.RunAsAsync(World, typists[party], [.. words, "--file", "-"], JsonSerializer.Serialize(body), lang);

    /// <summary>All that the node holds of these exchanges and of messages.</summary>
    public async Task<string> StandAsync()
    {
        await using var node = NpgsqlDataSource.Create(World.Servers.OfNode.Database(World.Installation.NodeDatabase));
        await using var command = node.CreateCommand("""
            select concat_ws(E'\n',
                (select string_agg(e::text, E'\n' order by county, id) from node.exchanges e),
                (select string_agg(t::text, E'\n' order by position) from node.timeline t),
                (select string_agg(county || ' ' || message_id || ' ' || state, E'\n' order by county, position) from node.outgoing))
            """);
        return (string)(await command.ExecuteScalarAsync(Stop))!;
    }

    public async ValueTask InitializeAsync()
    {
        using (limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            limit.CancelAfter(WalkMax);
            await BringAboutAsync();
        }
        limit = null;
    }

    async Task BringAboutAsync()
    {
        var stop = Stop;
        world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "lives", Counties = [.. counties.Values] }, stop);
        await world.Installation.SaveAsync(stop);
        foreach (var (party, county) in counties)
        {
            people[party] = await CountyAtNode.SignInAsync(world, county);
            typists[party] = await Typed.AccountAsync(world, "typist-" + county, "node", Roles.Clerk, "--county", county);
        }
        await CheapenAsync(stop);
        ids = LifeTable.Exchanges.ToDictionary(e => e, _ => Guid.NewGuid());
        await SayAsync(LifeTable.Exchanges.Select(e => new LifeTable.Cell(e.Opening, e.Phase, e.Opening, LifeTable.Asker)));
        var ways = LifeTable.Exchanges.Select(e => LifeTable.WayTo(e.Opening, e.Phase).Select(k => new LifeTable.Cell(e.Opening, e.Phase, k, LifeTable.Rows.Single(r => r.Kind == k).Who)).ToList()).ToList();
        for (var step = 0; ways.Any(w => w.Count > step); step++)
            await SayAsync(ways.Where(w => w.Count > step).Select(w => w[step]));
        foreach (var (exchange, id) in ids)
            (await At(LifeTable.Asker).ExchangeAsync(id)).GetProperty("exchange").GetProperty("phase").GetString().ShouldBe(exchange.Phase.ToString());
    }

    async Task SayAsync(IEnumerable<LifeTable.Cell> said)
    {
        await Parallel.ForEachAsync(said, Eight(Stop), async (cell, _) =>
        {
            var (path, _, body) = Say(cell);
            var answer = await At(cell.Party).PostAsync(path, body);
            answer.Succeeded.ShouldBeTrue($"{cell}: {answer.Text}");
        });
        await World.QuietAsync(cancel: Stop);
    }

    // A password is slow to check, by intent; a command checks one each time, and here two thousand are typed.
    async Task CheapenAsync(CancellationToken stop)
    {
        var hasher = new PasswordHasher<string>(Options.Create(new PasswordHasherOptions { IterationCount = 1 }));
        await using var node = NpgsqlDataSource.Create(World.Servers.OfNode.Database(World.Installation.NodeDatabase));
        foreach (var (name, password) in typists.Values)
        {
            await using var command = node.CreateCommand("update people.accounts set password_hash = $2 where account = $1");
            command.Parameters.Add(new() { Value = name });
            command.Parameters.Add(new() { Value = hasher.HashPassword(name, password) });
            (await command.ExecuteNonQueryAsync(stop)).ShouldBe(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in people.Values)
            one.Dispose();
        if (world is not null)
            await world.DisposeAsync();
    }
}
