using ExchangeHub.Cli.Worlds;
using ExchangeHub.IntegrationTests.Node;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>The node's process killed with many messages in hand, one county's questions and the other's answers: nothing is lost, nothing doubled.</summary>
public sealed class NodeKilledTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";
    const int Messages = 40;
    /// <summary>With the first one, that went through before any kill.</summary>
    const int All = Messages + 1;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_each_point_with_forty_questions_in_hand_every_one_is_asked_and_answered_once()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "killed", Counties = [Asker, Receiver], RealClock = true }, Cancel);
        await world.ImportRegisterAsync(Receiver, InventedPerson.RegisterFile(Receiver, 0, All), Cancel);
        await StoreAsync(world);

        // First all forty lie in the node's database; from the kill after their publishing on they and their receipts lie in the queues.
        foreach (var crashAt in new[] { "before-publish", "after-publish", "before-apply", "after-receipt", "after-apply" })
        {
            await using var dying = await NodeProcess.StartAsync(world, "node:" + crashAt);
            await dying.WhenKilledAsync();
        }
        await using var living = await NodeProcess.StartAsync(world);
        await world.QuietAsync(within: TimeSpan.FromSeconds(150), cancel: Cancel);

        foreach (var (rows, expected) in new[]
        {
            ("hub.exchanges where phase = 'Answered'", All), ("hub.exchanges", All), ("hub.submissions where verdict = 'accepted'", 2 * All),
            ("hub.submissions", 2 * All), ("hub.deliveries where exchange_id is not null", 2 * All), ("hub.quarantine", 0),
        })
            (await CountAsync(world.Installation.HubDatabase, rows)).ShouldBe(expected, rows);
        foreach (var (rows, expected) in new[]
        {
            ("node.exchanges where phase = 'Answered'", 2 * All), ("node.exchanges", 2 * All), ("node.outgoing where state = 'accepted'", 2 * All),
            ("node.outgoing", 2 * All), ("node.incoming", 2 * All), ("node.applied", 2 * All), ("node.put_aside", 0), ("node.notices", 0),
            ("node.timeline where what = 'Asked'", All), ("node.timeline where what = 'Delivered'", 2 * All),
            ("node.timeline where what = 'Answered'", 2 * All),
        })
            (await CountAsync(world.Installation.NodeDatabase, rows)).ShouldBe(expected, rows);
    }

    /// <summary>Stores the questions at a node that reaches no broker: none is published.</summary>
    async Task StoreAsync(World world)
    {
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 0)); // from here on the asker has the receiver's key
        await world.QuietAsync(cancel: Cancel);
        await world.StopNodeAsync(Cancel);
        var settings = Path.Combine(world.Installation.CountiesFolder, Asker, "county.json");
        var right = await File.ReadAllTextAsync(settings, Cancel);
        await File.WriteAllTextAsync(settings, right.Replace(world.Installation.Amqp.ToString(), "amqp://127.0.0.1:1/none", StringComparison.Ordinal), Cancel);
        await world.StartNodeAsync(Cancel);
        for (var i = 1; i <= Messages; i++)
            await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, i));
        (await CountAsync(world.Installation.NodeDatabase, "node.outgoing where state = 'waiting' and tries = 0")).ShouldBe(Messages);
        await world.StopNodeAsync(Cancel);
        await File.WriteAllTextAsync(settings, right, Cancel);
    }

    async Task<long> CountAsync(string database, string rows)
    {
        await using var source = NpgsqlDataSource.Create(servers.Addresses.Database(database));
        await using var command = source.CreateCommand("select count(*) from " + rows);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
