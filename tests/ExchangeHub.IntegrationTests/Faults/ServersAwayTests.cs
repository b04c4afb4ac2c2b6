using System.Net;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Outages;
using ExchangeHub.IntegrationTests.Blindness;
using Microsoft.Extensions.Logging;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>
/// The database or the broker itself stopped and started again, on a pair of servers of this class's own. The database is away for a
/// minute, the broker for as long as it takes to see what must be seen; <c>EXCHANGEHUB_TEST_AWAY_SECONDS</c> makes both longer, for a trial by hand.
/// </summary>
public sealed class ServersAwayTests : IAsyncLifetime
{
    const int Messages = 60;
    static readonly TimeSpan askEvery = TimeSpan.FromSeconds(1);
    static readonly TimeSpan databaseAwayFor = TimeSpan.FromSeconds(Away(60)), brokerAwayFor = TimeSpan.FromSeconds(Away(0));

    static int Away(int atLeast) => int.TryParse(Environment.GetEnvironmentVariable("EXCHANGEHUB_TEST_AWAY_SECONDS"), out var seconds) ? seconds : atLeast;

    readonly PrivatePair pair = new();
    readonly CapturedLogs logs = new();
    TwoCounties counties = null!;
    HttpClient hub = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        counties = await TwoCounties.OpenAsync(await pair.StartAsync(), Cancel, b => b.Logging.AddProvider(logs));
        hub = new HttpClient { BaseAddress = counties.World.Installation.HubUrl };
    }

    [Fact]
    public async Task While_the_database_is_away_intake_leaves_the_broker_and_says_why_and_afterwards_everything_takes_effect_once()
    {
        await pair.StopPostgresAsync();
        await counties.AskAsync(Messages);
        await NotReadyForAsync(IntakeState.NoDatabase);
        var asked = Messages + await KeepAskingAsync(IntakeState.NoDatabase, databaseAwayFor);
        // Without a receipt a county sends again after a minute: then the broker holds more.
        await TwoCounties.Eventually(async () => await counties.QueueAsync(BrokerNames.Intake) is { Consumers: 0 } lie && lie.Messages >= asked, "all questions lie at the broker, unread");

        await pair.StartAsync();

        await counties.ShouldHoldEverythingOnceAsync();
        await ReadyAsync();
        (await counties.CountAsync("hub.outages")).ShouldBe(databaseAwayFor > OutageWatch.OutageOver ? 1 : 0);
    }

    [Fact]
    public async Task When_the_broker_restarts_under_load_work_stops_and_says_so_and_resumes_by_itself_and_everything_takes_effect_once()
    {
        await counties.AskAsync(Messages);
        await TwoCounties.Eventually(async () => await counties.ReceiptsAsync() > Messages / 4, "the hub is at work");
        var stopping = pair.StopRabbitMqAsync();
        for (var more = 0; more < Messages && !stopping.IsCompleted; more++)
            await counties.AskAsync(1);
        await stopping;
        await NotReadyForAsync(IntakeState.NoBroker);
        await counties.AskAsync(Messages);
        await KeepAskingAsync(IntakeState.NoBroker, brokerAwayFor);

        await pair.StartAsync();

        await counties.ShouldHoldEverythingOnceAsync();
        await ReadyAsync();
    }

    [Fact]
    public async Task When_the_broker_is_short_of_memory_the_hub_says_so_and_publishes_in_the_end_and_no_publisher_hangs()
    {
        await counties.World.StopHubAsync(Cancel);
        await counties.AskAsync(Messages);
        await TwoCounties.Eventually(async () => (await counties.QueueAsync(BrokerNames.Intake)).Messages == Messages, "all questions lie at the broker");
        await pair.ControlRabbitMqAsync("set_vm_memory_high_watermark", "0");
        await using (var connection = new BrokerConnection(counties.BrokerUri, "test"))
        await using (var publisher = new Publisher(connection, Clocks.Real.System) { Deadline = TimeSpan.FromSeconds(1) })
        {
            var message = new OutboundMessage(BrokerNames.Deliver, "nobody", "test.v1", new byte[] { 1 });
            (await publisher.PublishAsync(message, Cancel)).ShouldBe(PublishOutcome.TimedOut);

            await counties.World.StartHubAsync(Cancel);
            await TwoCounties.Eventually(() => Task.FromResult(logs.Lines.Any(l => l.Contains("takes nothing from " + BrokerAdmin.HubUser, StringComparison.Ordinal))), "the hub says that the broker takes nothing");
            (await counties.CountAsync("hub.pending")).ShouldBeGreaterThan(0);

            await pair.ControlRabbitMqAsync("set_vm_memory_high_watermark", "0.6");
            (await publisher.PublishAsync(message, Cancel)).ShouldBe(PublishOutcome.Returned); // taken, and nobody's
        }
        await counties.AgeWhatIsPendingAsync();
        await counties.ShouldHoldEverythingOnceAsync();
    }

    public async ValueTask DisposeAsync()
    {
        logs.Dispose();
        hub?.Dispose();
        if (counties is not null)
            await counties.DisposeAsync();
        await pair.DisposeAsync();
    }

    /// <summary>While a server is away for as long as was asked for, the counties go on, and the hub goes on saying why it does not.</summary>
    /// <returns>How many more were asked.</returns>
    async Task<int> KeepAskingAsync(string reason, TimeSpan awayFor)
    {
        var began = Clocks.Real.System.GetTimestamp();
        using var each = new PeriodicTimer(askEvery, Clocks.Real.System);
        var asked = 0;
        for (; Clocks.Real.System.GetElapsedTime(began) < awayFor; asked++)
        {
            (await IsNotReadyForAsync(reason)).ShouldBeTrue();
            await counties.AskAsync(1);
            await each.WaitForNextTickAsync(Cancel);
        }
        return asked;
    }

    Task NotReadyForAsync(string reason) => TwoCounties.Eventually(() => IsNotReadyForAsync(reason), $"the hub says that it is not ready: {reason}");

    async Task<bool> IsNotReadyForAsync(string reason)
    {
        using var answer = await hub.GetAsync("healthz/ready", Cancel);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable && (await answer.Content.ReadAsStringAsync(Cancel)).Contains(reason, StringComparison.Ordinal);
    }

    Task ReadyAsync() => TwoCounties.Eventually(async () =>
    {
        using var answer = await hub.GetAsync("healthz/ready", Cancel);
        return answer.StatusCode == HttpStatusCode.OK;
    }, "the hub is ready again");
}
