using System.Net;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>A node's process killed at once at its crash points: nothing is lost, nothing doubled.</summary>
public sealed class NodeCrashTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static readonly WorldOptions onRealTime = new() { Name = "crash", Counties = [Asker, Receiver], RealClock = true, StartNode = false };

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
            await dying.WhenDeadAsync();
        }
        await using var living = await NodeProcess.StartAsync(world);
        if (!stored)
            (await asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, 1), id))).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        (await receiver.OwedAsync()).ShouldBe(1);
        (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("phase").GetString().ShouldBe("Open");
    }

    [Theory]
    [InlineData("node:before-apply")]
    [InlineData("node:after-apply")]
    public async Task A_question_that_is_delivered_again_after_a_crash_is_answered_once(string crashAt)
    {
        await using var world = await World.CreateAsync(servers.Addresses, onRealTime, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        Guid id;
        await using (var dying = await NodeProcess.StartAsync(world, crashAt))
        {
            await receiver.PostTextAsync("register", InventedPerson.RegisterFile(Receiver, 1, 1), "text/csv");
            id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
            await dying.WhenDeadAsync();
        }
        await using var living = await NodeProcess.StartAsync(world);
        await world.QuietAsync(cancel: Cancel);
        var seen = await asker.ExchangeAsync(id);
        seen.GetProperty("exchange").GetProperty("phase").GetString().ShouldBe("Answered");
        seen.GetProperty("timeline").EnumerateArray().Count(t => t.GetProperty("what").GetString() == "Answered").ShouldBe(1);
        (await receiver.GetAsync("outgoing")).Body.GetProperty("rows").GetArrayLength().ShouldBe(1);
    }
}
