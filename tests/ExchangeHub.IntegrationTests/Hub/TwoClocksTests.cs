using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Clocks of machines that differ: among hubs, and from the database's.</summary>
public sealed class TwoClocksTests(TestServers servers)
{
    [Fact]
    public async Task A_figure_as_of_T_stays_what_it_was_when_a_hub_whose_clock_is_behind_takes_the_next_message()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddMinutes(1), HubWorld.Stop); // after the counties' keys began to hold, by either clock
        await hub.AskAsync();
        var t = hub.World.Clocks.Now;
        var token = await hub.World.SignInAtHubAsync("auditor-1", Roles.Auditor, cancel: HubWorld.Stop);
        (await ReceivedAsync()).ShouldBe(1);
        await hub.World.StopHubAsync(HubWorld.Stop);
        await hub.StartAnotherHubAsync(new Clocks(new FakeTimeProvider(t.AddSeconds(-1.5)), hub.World.Clocks.System));
        var question = hub.Asker.Ask("510104");
        await hub.Asker.SendAsync(question);
        (await hub.Asker.AcceptedAsync(question)).AcceptedAt.ShouldBe(t.AddMicroseconds(1));
        await hub.World.StartHubAsync(HubWorld.Stop);
        (await ReceivedAsync()).ShouldBe(1);

        async Task<long> ReceivedAsync()
        {
            using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var table = await http.GetFromJsonAsync<JsonElement>($"api/v1/rates?asOf={WireTime.Format(t)}", HubWorld.Stop);
            table.GetProperty("asOf").GetDateTimeOffset().ShouldBe(t);
            return table.GetProperty("total").GetProperty("figures").GetProperty("received").GetProperty("numerator").GetInt64();
        }
    }

    [Fact]
    public async Task A_hub_whose_clock_drifts_away_while_it_runs_takes_nothing_until_it_is_right_again()
    {
        var machine = new DriftingClock();
        await using var hub = await HubWorld.CreateAsync(servers, machine.Into);
        await hub.AskAsync();
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        machine.Ahead = TimeSpan.FromSeconds(5);
        await HubWorld.Eventually(async () =>
        {
            using var answer = await http.GetAsync("healthz/ready", HubWorld.Stop);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable && (await answer.Content.ReadAsStringAsync(HubWorld.Stop)).Contains(IntakeState.ClockSkew, StringComparison.Ordinal);
        });
        var question = hub.Asker.Ask("510104");
        await hub.Asker.SendAsync(question);
        machine.Ahead = TimeSpan.Zero;
        await hub.Asker.AcceptedAsync(question);
        await HubWorld.Eventually(async () => (await http.GetAsync("healthz/ready", HubWorld.Stop)).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_hub_whose_clock_is_set_an_hour_forward_stamps_nothing_and_takes_the_hour_for_no_outage()
    {
        var machine = new DriftingClock();
        DriftingClock? business = null;
        await using var hub = await HubWorld.CreateAsync(servers, b =>
        {
            var clocks = (Clocks)b.Services.Last(s => s.ServiceType == typeof(Clocks)).ImplementationInstance!;
            b.Services.AddSingleton(new Clocks(business = new DriftingClock(clocks.Business), machine));
        });
        var question = await hub.AskAsync();
        var due = new DateTimeOffset(await hub.ScalarAsync<DateTime>("select min(due_at) from hub.obligations where exchange_id = $1", question.ExchangeId));
        await hub.World.AdvanceToAsync(due.AddMinutes(-30), HubWorld.Stop);
        var facts = await hub.ScalarAsync<long>("select count(*) from events.mt_events"); // the question, and what was recalled on the way

        machine.Ahead = TimeSpan.FromHours(1); // first: business time is never ahead of the machine's
        business!.Ahead = machine.Ahead;
        await Should.ThrowAsync<ClockSkewException>(() => hub.Service<OutageWatch>().SettleAsync(HubWorld.Stop));
        await Should.ThrowAsync<ClockSkewException>(() => hub.Service<BatchLedger>().CommitAsync([new Work.Duty(question.ExchangeId, new HubCommand.FollowUp())], HubWorld.Stop));

        business.Ahead = machine.Ahead = TimeSpan.Zero;
        await hub.Service<OutageWatch>().SettleAsync(HubWorld.Stop);
        (await hub.ScalarAsync<long>("select count(*) from hub.outages")).ShouldBe(0);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(facts);
        var acknowledgement = hub.Receiver.Acknowledge(question);
        await hub.Receiver.SendAsync(acknowledgement);
        (await hub.Receiver.AcceptedAsync(acknowledgement)).AcceptedAt.ShouldBe(due.AddMinutes(-30));
    }

    [Fact]
    public async Task While_a_clock_is_wrong_nobody_can_be_in_time_and_nobody_is_late()
    {
        var machine = new DriftingClock();
        await using var hub = await HubWorld.CreateAsync(servers, machine.Into);
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 3, 23), HubWorld.Stop);
        machine.Ahead = TimeSpan.FromSeconds(5);
        await HubWorld.Eventually(() => Task.FromResult(hub.Service<IntakeState>().StoppedBy == IntakeState.ClockSkew));
        for (var minutes = 1; minutes <= 61; minutes++) // the hub lives on, and its duties come around
        {
            hub.World.Clock!.SetUtcNow(HubWorld.Shanghai(2026, 2, 3, 23).AddMinutes(minutes));
            await hub.Service<OutageWatch>().RunOnceAsync(HubWorld.Stop);
        }
        machine.Ahead = TimeSpan.Zero;
        var moved = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange);
        (moved.Duty, moved.Cause, moved.DueAt).ShouldBe((Duties.Acknowledgement, "HubOutage", HubWorld.Shanghai(2026, 2, 4, 1, 1)));
    }
}
