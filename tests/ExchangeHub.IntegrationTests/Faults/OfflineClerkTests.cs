using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.IntegrationTests.Node;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>An office whose hub and broker are away, on a pair of servers of this class's own: it works on, is told so, and everything goes out in the end.</summary>
public sealed class OfflineClerkTests : IAsyncLifetime
{
    const string Asker = "330106", Receiver = "510104", Offline = "和枢纽断开了";
    readonly PrivatePair pair = new();
    World world = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        world = await World.CreateAsync(await pair.StartAsync(), new WorldOptions { Name = "offline", Counties = [Asker, Receiver] }, Cancel);

    [Fact]
    public async Task While_hub_and_broker_are_away_a_clerk_works_on_and_sees_what_waits_and_since_when_and_afterwards_all_is_sent_once()
    {
        using var clerk = await CountyAtNode.SignInAsync(world, Asker);
        var open = await clerk.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await world.QuietAsync(cancel: Cancel);
        var page = await PageAsync(clerk);
        page.ShouldContain("全部待办");
        page.ShouldNotContain(Offline);

        await world.StopHubAsync(Cancel);
        await pair.StopRabbitMqAsync();
        foreach (var number in Enumerable.Range(2, 3))
            await clerk.AskAsync(Receiver, InventedPerson.Of(Receiver, number));
        (await clerk.PostAsync($"exchanges/{open}/clarification", new { note = "电话已更新" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await TwoCounties.Eventually(async () => (await PageAsync(clerk)).Contains(Offline, StringComparison.Ordinal), "the worklist says that the hub is away");
        (await PageAsync(clerk)).ShouldContain("等着发出的有4件，最早写于");

        await pair.StartAsync();
        await world.StartHubAsync(Cancel);
        await TwoCounties.Eventually(async () => (await clerk.GetAsync("outgoing?waiting=true")).Body.GetProperty("rows").GetArrayLength() == 0
            && !(await PageAsync(clerk)).Contains(Offline, StringComparison.Ordinal), "everything is sent and the line is gone");
        await world.QuietAsync(cancel: Cancel);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        (await receiver.OwedAsync()).ShouldBe(4);
        (await receiver.ExchangeAsync(open)).GetProperty("timeline").EnumerateArray().Count(t => t.GetProperty("what").GetString() == "Clarified").ShouldBe(1);
    }

    public async ValueTask DisposeAsync()
    {
        if (world is not null)
            await world.DisposeAsync();
        await pair.DisposeAsync();
    }

    static async Task<string> PageAsync(CountyAtNode clerk) => WebUtility.HtmlDecode((await clerk.GetAsync("/worklist")).Text);
}
