using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.IntegrationTests.Faults;
using ExchangeHub.Node;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>Every durable write of the node, failed and done-but-reported-failed: nothing lost, nothing doubled.</summary>
public sealed class NodeDurableWriteTests(NodeDurableWriteTests.FaultyNode faulty) : IClassFixture<NodeDurableWriteTests.FaultyNode>
{
    const string Asker = "330106", Receiver = "510104";
    static readonly TimeSpan within = TimeSpan.FromMinutes(1);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Faults => new(
        from write in new[] { NodeWrites.Command, NodeWrites.Published, NodeWrites.Receipts, NodeWrites.Received, NodeWrites.Cursor, NodeWrites.Register, NodeWrites.Compared }
        from done in new[] { false, true }
        select (write, done));

    /// <summary>A caller who got no answer says the same again; the engine does so by itself.</summary>
    [Theory, MemberData(nameof(Faults))]
    public async Task A_write_that_fails_or_only_seems_to_costs_nothing(string write, bool done)
    {
        var (asker, receiver, world) = (faulty.Asker, faulty.Receiver, faulty.World);
        var (exact, later) = (faulty.NextPerson(), faulty.NextPerson());
        var (byRegister, byImport) = (Guid.NewGuid(), Guid.NewGuid());
        if (write == NodeWrites.Cursor)
        {
            // The feed is read when a county starts, and its cursor moves when something came since.
            await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, faulty.NextPerson()));
            await world.QuietAsync(cancel: Cancel);
            await world.StopNodeAsync(Cancel);
        }
        var happened = faulty.Write.Next(write, done);
        if (write == NodeWrites.Cursor)
            await world.StartNodeAsync(Cancel);

        await InsistAsync(() => receiver.PostTextAsync("register", InventedPerson.RegisterFile(Receiver, exact, 1), "text/csv"));
        await InsistAsync(() => asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, exact), byRegister)));
        await InsistAsync(() => asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, later), byImport)));
        await world.QuietAsync(cancel: Cancel);
        await InsistAsync(() => receiver.PostTextAsync("register", InventedPerson.RegisterFile(Receiver, later, 1), "text/csv"));
        await happened.WaitAsync(within, Cancel);
        await world.QuietAsync(cancel: Cancel);

        foreach (var id in new[] { byRegister, byImport })
        {
            var seen = await asker.ExchangeAsync(id);
            seen.GetProperty("exchange").GetProperty("outcome").GetString().ShouldBe("Match");
            // The feed, read while a county starts, may bring the answer before the queue brings the receipt.
            seen.GetProperty("timeline").EnumerateArray().Select(t => t.GetProperty("what").GetString()).ShouldBe(["Asked", "Delivered", "Answered"], ignoreOrder: write == NodeWrites.Cursor);
            (await faulty.CountAsync(world.Installation.NodeDatabase, "node.outgoing", id)).ShouldBe(2);
            (await faulty.CountAsync(world.Installation.NodeDatabase, "node.incoming", id)).ShouldBe(2);
            (await faulty.CountAsync(world.Installation.HubDatabase, "hub.deliveries", id)).ShouldBe(2);
        }
    }

    static async Task InsistAsync(Func<Task<Answer>> call)
    {
        if (await call() is { Status: HttpStatusCode.InternalServerError })
            (await call()).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.Conflict);
    }

    /// <summary>A node whose next durable write of a name fails on demand, with a hub that does its work.</summary>
    public sealed class FaultyNode(TestServers servers) : IAsyncLifetime
    {
        World? world;
        CountyAtNode? asker, receiver;
        int people;

        public World World => world ?? throw new InvalidOperationException("The world is not made.");
        public CountyAtNode Asker => asker ?? throw new InvalidOperationException("Nobody is signed in.");
        public CountyAtNode Receiver => receiver ?? throw new InvalidOperationException("Nobody is signed in.");
        public FaultyWrite Write { get; } = new();

        public int NextPerson() => ++people;

        public async Task<long> CountAsync(string database, string table, Guid exchangeId)
        {
            await using var source = NpgsqlDataSource.Create(servers.Addresses.Database(database));
            await using var command = source.CreateCommand($"select count(*) from {table} where exchange_id = $1");
            command.Parameters.Add(new() { Value = exchangeId });
            return (long)(await command.ExecuteScalarAsync(Cancel))!;
        }

        public async ValueTask InitializeAsync()
        {
            world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [NodeDurableWriteTests.Asker, NodeDurableWriteTests.Receiver], ConfigureNode = b => b.Services.AddSingleton<DurableWrite>(Write) }, Cancel);
            asker = await CountyAtNode.SignInAsync(world, NodeDurableWriteTests.Asker);
            receiver = await CountyAtNode.SignInAsync(world, NodeDurableWriteTests.Receiver);
        }

        public async ValueTask DisposeAsync()
        {
            asker?.Dispose();
            receiver?.Dispose();
            if (world is not null)
                await world.DisposeAsync();
        }
    }
}
