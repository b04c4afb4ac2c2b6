using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>The hub's process killed in the middle of its work: nothing is lost, nothing doubled.</summary>
public sealed class HubKilledTests(HubKilledTests.World world) : IClassFixture<HubKilledTests.World>
{
    const int Messages = 40;
    // A broker that gives up a message after 20 deliveries, as new ones do unless told otherwise, would lose them.
    const int Kills = 25;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hub:before-commit")]
    [InlineData("hub:after-commit")]
    [InlineData("hub:after-publish")]
    [InlineData("hub:after-confirm")]
    public async Task Killed_in_mid_batch_and_started_again_every_message_takes_effect_once(string crashAt)
    {
        var counties = world.Counties;
        await counties.AskAsync(Messages);

        await HubProcess.RunUntilKilledAsync(counties.World, crashAt);
        await counties.AgeWhatIsPendingAsync();
        await using var living = await HubProcess.StartAsync(counties.World);

        await counties.ShouldHoldEverythingOnceAsync();
    }

    /// <summary>Each hub dies with the same messages in hand, before its first commit; while one dies the next already starts.</summary>
    [Fact]
    public async Task Killed_twenty_five_times_in_a_row_with_the_same_messages_in_hand_nothing_is_lost_or_doubled()
    {
        var counties = world.Counties;
        await counties.AskAsync(Messages);
        await TwoCounties.Eventually(async () => (await counties.QueueAsync(BrokerNames.Intake)).Messages == Messages, "all questions lie at the broker");
        var before = await counties.CountAsync("hub.batches");

        var next = HubProcess.RunUntilKilledAsync(counties.World, "hub:before-commit");
        for (var kill = 1; kill < Kills; kill++)
        {
            var after = HubProcess.RunUntilKilledAsync(counties.World, "hub:before-commit");
            await next;
            next = after;
        }
        await next;
        (await counties.CountAsync("hub.batches")).ShouldBe(before);
        await using var living = await HubProcess.StartAsync(counties.World);

        await counties.ShouldHoldEverythingOnceAsync();
    }

    /// <summary>Each kill comes as soon as a new batch of the hub is seen committed, wherever the hub is by then.</summary>
    [Fact]
    public async Task Killed_again_and_again_while_questions_and_answers_flow_nothing_is_lost_or_doubled()
    {
        var counties = world.Counties;
        for (var kill = 0; kill < 4; kill++)
        {
            await counties.AskAsync(Messages);
            var before = await counties.CountAsync("hub.batches");
            await using var dying = await HubProcess.StartAsync(counties.World);
            await TwoCounties.Eventually(async () => await counties.CountAsync("hub.batches") > before, "a batch is committed");
            await dying.KillAsync();
            await counties.AgeWhatIsPendingAsync();
        }
        await using var living = await HubProcess.StartAsync(counties.World);

        await counties.ShouldHoldEverythingOnceAsync();
    }

    /// <summary>Two counties without a hub: each test starts its own, asks more, and looks at everything asked so far.</summary>
    public sealed class World(TestServers servers) : IAsyncLifetime
    {
        TwoCounties? counties;

        public TwoCounties Counties => counties ?? throw new InvalidOperationException("The world is not made.");

        public async ValueTask InitializeAsync()
        {
            counties = await TwoCounties.OpenAsync(servers.Addresses, Cancel);
            await counties.World.StopHubAsync(Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            if (counties is not null)
                await counties.DisposeAsync();
        }
    }
}
