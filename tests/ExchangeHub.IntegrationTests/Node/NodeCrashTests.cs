using System.Net;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>A node's process killed at once while a question is stored; with many in hand see <see cref="Faults.NodeKilledTests"/>.</summary>
public sealed class NodeCrashTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static readonly WorldOptions onRealTime = new() { Name = "crash", Counties = [Asker, Receiver], RealClock = true, StartNode = false };

    [Fact]
    public async Task A_county_met_before_the_kill_can_be_asked_again_while_the_hub_is_away()
    {
        await using var world = await World.CreateAsync(servers.Addresses, onRealTime, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        await using (var dying = await NodeProcess.StartAsync(world, "node:after-store"))
        {
            await Should.ThrowAsync<HttpRequestException>(() => asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1)));
            await dying.WhenKilledAsync();
        }
        await world.StopHubAsync(Cancel);
        await using var living = await NodeProcess.StartAsync(world);
        await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 2));
    }

    [Theory]
    [InlineData("node:before-store", false)]
    [InlineData("node:after-store", true)]
    public async Task A_question_is_sent_after_the_restart_if_and_only_if_it_was_stored(string crashAt, bool stored)
    {
        await using var world = await World.CreateAsync(servers.Addresses, onRealTime, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        var id = Guid.NewGuid();
        await using (var dying = await NodeProcess.StartAsync(world, crashAt))
        {
            await Should.ThrowAsync<HttpRequestException>(() => asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, 1), id)));
            await dying.WhenKilledAsync();
        }
        await using var living = await NodeProcess.StartAsync(world);
        if (!stored)
            (await asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, 1), id))).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        (await receiver.OwedAsync()).ShouldBe(1);
        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("phase").GetString().ShouldBe("Open");
    }
}
