using System.Net;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Intake;
using ExchangeHub.IntegrationTests.Hub;

namespace ExchangeHub.IntegrationTests.Faults;

/// <summary>The database really away while the hub lives; business time passes over a deadline meanwhile, without anybody waiting for it.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    readonly PrivatePair pair = new();
    HubWorld hub = null!;

    public async ValueTask InitializeAsync() => hub = await HubWorld.CreateAsync(await pair.StartAsync());

    [Fact]
    public async Task A_database_away_over_a_deadline_in_a_quiet_hour_makes_nobody_late_and_nobody_is_told_so()
    {
        var question = await hub.AskAsync();
        var acknowledgement = hub.Receiver.Acknowledge(question);
        await hub.Receiver.SendAsync(acknowledgement);
        await hub.Receiver.AcceptedAsync(acknowledgement);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 11, 23), HubWorld.Stop);
        await pair.StopPostgresAsync();
        await ReadyAsync($"intake takes nothing: {IntakeState.NoDatabase}"); // though nothing comes
        hub.World.Clock!.SetUtcNow(HubWorld.Shanghai(2026, 2, 12, 9)); // the deadline was midnight

        await pair.StartAsync();

        var moved = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange);
        (moved.Duty, moved.Cause, moved.DueOn, moved.DueAt).ShouldBe((Duties.Feedback, "HubOutage", new DateOnly(2026, 2, 11), HubWorld.Shanghai(2026, 2, 12, 10)));
        await ReadyAsync("ready");
        await hub.World.RunDeadlineClockAsync(HubWorld.Stop);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events where type = 'went-overdue'")).ShouldBe(0);
        (await hub.ScalarAsync<bool>("select bool_and(began_at = $1 and ended_at = $2 and moved_at is not null) from hub.outages",
            HubWorld.Shanghai(2026, 2, 11, 23), HubWorld.Shanghai(2026, 2, 12, 9))).ShouldBeTrue();

        hub.World.Clock!.SetUtcNow(HubWorld.Shanghai(2026, 2, 12, 9, 1));
        var reply = hub.Receiver.Reply(question);
        await hub.Receiver.SendAsync(reply);
        (await hub.Receiver.AcceptedAsync(reply)).AcceptedAt.ShouldBe(HubWorld.Shanghai(2026, 2, 12, 9, 1));
        (await hub.ScalarAsync<bool>("select fulfilled_at < due_at from hub.obligations where exchange_id = $1 and duty = 'feedback' and ended_at is null", question.ExchangeId)).ShouldBeTrue();
    }

    async Task ReadyAsync(string says)
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        await TwoCounties.Eventually(async () =>
        {
            using var answer = await http.GetAsync("healthz/ready", HubWorld.Stop);
            return answer.StatusCode == (says == "ready" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable) && await answer.Content.ReadAsStringAsync(HubWorld.Stop) == says;
        }, $"the hub says: {says}");
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await pair.DisposeAsync();
    }
}
