using System.Net;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>
/// The database or the broker itself stopped and started again, on a pair of servers of this class's own. A server is away for as long as
/// it takes to see what must be seen, some seconds: how long makes no difference to what the hub does, so no minute is waited out.
/// </summary>
public sealed class ServersAwayTests : IAsyncLifetime
{
    const int Messages = 60;

    readonly PrivatePair pair = new();
    TwoCounties counties = null!;
    HttpClient hub = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        counties = await TwoCounties.OpenAsync(await pair.StartAsync(), Cancel);
        hub = new HttpClient { BaseAddress = counties.World.Installation.HubUrl };
    }

    [Fact]
    public async Task While_the_database_is_away_intake_leaves_the_broker_and_says_why_and_afterwards_everything_takes_effect_once()
    {
        await pair.StopPostgresAsync();
        await counties.AskAsync(Messages);
        await NotReadyForAsync(IntakeState.NoDatabase);
        await TwoCounties.Eventually(async () => await counties.QueueAsync(BrokerNames.Intake) == (Messages, 0), "all questions lie at the broker, unread");

        await pair.StartAsync();

        await counties.ShouldHoldEverythingOnceAsync();
        await ReadyAsync();
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

        await pair.StartAsync();

        await counties.ShouldHoldEverythingOnceAsync();
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        hub?.Dispose();
        if (counties is not null)
            await counties.DisposeAsync();
        await pair.DisposeAsync();
    }

    Task NotReadyForAsync(string reason) => TwoCounties.Eventually(async () =>
    {
        using var answer = await hub.GetAsync("healthz/ready", Cancel);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable && (await answer.Content.ReadAsStringAsync(Cancel)).Contains(reason, StringComparison.Ordinal);
    }, $"the hub says that it is not ready: {reason}");

    Task ReadyAsync() => TwoCounties.Eventually(async () =>
    {
        using var answer = await hub.GetAsync("healthz/ready", Cancel);
        return answer.StatusCode == HttpStatusCode.OK;
    }, "the hub is ready again");
}
