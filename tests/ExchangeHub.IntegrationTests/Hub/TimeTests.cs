using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Hub.Schema;
using ExchangeHub.IntegrationTests.Cli;
using ExchangeHub.IntegrationTests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Deadlines, outages and calendars at a running hub.</summary>
public sealed class TimeTests(TestServers servers)
{
    [Fact]
    public async Task An_overdue_is_told_to_both_sides_two_minutes_after_the_due_time()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 4, 0, 1), HubWorld.Stop);
        (await hub.ScalarAsync<long>("select count(*) from events.mt_events where type = 'went-overdue'")).ShouldBe(0);
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 4, 0, 2), HubWorld.Stop);
        var toAsker = await hub.Asker.EventAsync(question.ExchangeId, Kinds.Overdue);
        var toReceiver = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.Overdue);
        toAsker.EventId.ShouldNotBe(toReceiver.EventId);
        (toAsker.Duty, toAsker.DueAt, toAsker.Seq, toReceiver.Seq).ShouldBe((Duties.Acknowledgement, HubWorld.Shanghai(2026, 2, 4), 2, 3)); // a reminder came before
    }

    [Fact]
    public async Task A_county_about_to_ask_learns_when_the_answer_would_be_due_and_a_stranger_nothing()
    {
        await using var hub = await HubWorld.CreateAsync(servers, startAt: HubWorld.Shanghai(2026, 2, 11, 10));
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        var api = hub.Asker.Hub(http);
        (await api.GetDueDatesAsync(hub.Receiver.Code, Kinds.CertificateVerificationRequest, urgent: false, HubWorld.Stop))
            .ShouldBe(new DueDatesView("BetweenProvinces", "2026-02-12", "2026-02-12T16:00:00.000000Z", "2026-02-27", "2026-02-27T16:00:00.000000Z"));

        hub.World.Clock!.SetUtcNow(HubWorld.Shanghai(2026, 2, 13, 10)); // a make-up Saturday, then the Spring Festival
        var ahead = await api.GetWorkingDaysAsync(HubWorld.Stop);
        (ahead.After, ahead.Days[0], ahead.Days[1]).ShouldBe(("2026-02-13", "2026-02-14", "2026-02-24"));
        foreach (var path in new[] { $"due-dates?from={hub.Asker.Code}&to={hub.Receiver.Code}&kind=outflow-notice", $"working-days?county={hub.Asker.Code}" })
            (await http.GetAsync("api/v1/" + path, HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);

        hub.World.Clock.SetUtcNow(HubWorld.Shanghai(2026, 12, 30, 10)); // next year's calendar is not there
        (await api.GetDueDatesAsync(hub.Receiver.Code, Kinds.CertificateVerificationRequest, urgent: false, HubWorld.Stop)).DueOn.ShouldBeNull();

        http.DefaultRequestHeaders.Authorization = new("Bearer", hub.Asker.Token());
        (await http.GetAsync("api/v1/working-days?county=999999", HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var refused = await http.GetAsync($"api/v1/due-dates?from={hub.Asker.Code}&to={hub.Asker.Code}&kind=return&urgency=soon", HubWorld.Stop);
        (await refused.Content.ReadFromJsonAsync<JsonElement>(HubWorld.Stop)).GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString())
            .ShouldBe(["to", "kind", "urgency"]);
    }

    [Fact]
    public async Task A_hub_down_over_a_deadline_makes_nobody_late()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 11, 20), HubWorld.Stop);
        await hub.World.StopHubAsync(HubWorld.Stop);
        var reply = hub.Receiver.Reply(question);
        await hub.Receiver.SendAsync(reply); // in time, into a queue that nobody reads
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 12, 9), HubWorld.Stop);
        await hub.World.StartHubAsync(HubWorld.Stop);

        (await hub.Receiver.AcceptedAsync(reply)).AcceptedAt.ShouldBe(HubWorld.Shanghai(2026, 2, 12, 9));
        var moved = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange);
        (moved.Duty, moved.Cause, moved.DueOn, moved.DueAt).ShouldBe((Duties.Feedback, "HubOutage", new DateOnly(2026, 2, 11), HubWorld.Shanghai(2026, 2, 12, 10)));
        (await hub.ScalarAsync<bool>("select fulfilled_at < due_at from hub.obligations where exchange_id = $1 and duty = 'feedback' and ended_at is null", question.ExchangeId)).ShouldBeTrue();
        (await hub.ScalarAsync<long>("select count(*) from hub.outages where moved_at is not null")).ShouldBe(1);
    }

    [Fact]
    public async Task Deadlines_of_an_outage_that_could_not_be_moved_at_once_are_moved_by_the_next_beat()
    {
        var write = new FaultyWrite();
        await using var hub = await HubWorld.CreateAsync(servers, b => b.Services.AddSingleton<DurableWrite>(write));
        var question = await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 3, 23), HubWorld.Stop);
        var failed = write.Next(HubWrites.Batch, done: false);
        hub.World.Clock!.SetUtcNow(HubWorld.Shanghai(2026, 2, 4, 0, 1)); // an hour without a beat
        await failed.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop); // the beat that found the outage could not move them
        var moved = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange);
        (moved.Duty, moved.Cause, moved.DueAt).ShouldBe((Duties.Acknowledgement, "HubOutage", HubWorld.Shanghai(2026, 2, 4, 1, 1)));
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select count(*) from hub.outages where moved_at is not null") == 1);
        (await hub.Service<OutageWatch>().SettleAsync(HubWorld.Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task A_clock_that_is_moved_on_purpose_is_no_outage()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        await hub.AskAsync();
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 20, 9), HubWorld.Stop);
        await hub.World.StopHubAsync(HubWorld.Stop);
        await hub.World.StartHubAsync(HubWorld.Stop);
        (await hub.ScalarAsync<long>("select count(*) from hub.outages")).ShouldBe(0);
    }

    [Fact]
    public async Task A_due_date_in_a_year_without_a_table_is_pending_until_the_calendar_comes()
    {
        var lastTable = await LastYearAsync();
        await using var hub = await HubWorld.CreateAsync(servers, startAt: HubWorld.Shanghai(lastTable, 12, 30, 9));
        var question = hub.Asker.Ask("510104");
        await hub.Asker.SendAsync(question);
        var receipt = await hub.Asker.AcceptedAsync(question);
        (receipt.DuePending, receipt.DueOn).ShouldBe((true, null));
        receipt.AckDueOn.ShouldBe(new DateOnly(lastTable, 12, 31));

        using var csv = new StringReader($"date,kind,occasion\n{lastTable + 1}-01-01,holiday,元旦\n");
        await HubSchema.ImportCalendarAsync(hub.World.Servers.Database(hub.World.Installation.HubDatabase), csv, ct: HubWorld.Stop);
        var set = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange);
        (set.Duty, set.Cause).ShouldBe((Duties.Feedback, "CalendarCame"));
        set.DueOn!.Value.Year.ShouldBe(lastTable + 1);
        (await hub.ScalarAsync<long>("select count(*) from hub.obligations where exchange_id = $1 and due_on is null and ended_at is null", question.ExchangeId)).ShouldBe(0);
    }

    [Fact]
    public async Task A_due_date_of_a_message_that_was_judged_before_the_calendar_came_and_stored_after_it_is_set_all_the_same()
    {
        var (write, machine, lastTable) = (new FaultyWrite(), new DriftingClock(), await LastYearAsync());
        await using var hub = await HubWorld.CreateAsync(servers, b =>
        {
            b.Services.AddSingleton<DurableWrite>(write);
            machine.Into(b);
        }, HubWorld.Shanghai(lastTable, 12, 30, 9));
        var (waits, goOn) = write.Hold(HubWrites.Batch);
        var question = hub.Asker.Ask("510104");
        await hub.Asker.SendAsync(question);
        await waits.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop);
        using var csv = new StringReader($"date,kind,occasion\n{lastTable + 1}-01-01,holiday,元旦\n");
        await HubSchema.ImportCalendarAsync(hub.World.Servers.Database(hub.World.Installation.HubDatabase), csv, ct: HubWorld.Stop);
        await hub.World.RunDeadlineClockAsync(HubWorld.Stop); // it looks while the batch is not there yet
        goOn.SetResult();
        (await hub.Asker.AcceptedAsync(question)).DuePending.ShouldBe(true);

        machine.Passed = DeadlineClock.LookAgainEvery;
        (await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange)).Cause.ShouldBe("CalendarCame");
    }

    [Fact]
    public async Task A_county_that_left_the_division_table_keeps_what_it_owes_and_harms_nobody_else()
    {
        var lastTable = await LastYearAsync();
        await using var hub = await HubWorld.CreateAsync(servers, startAt: HubWorld.Shanghai(lastTable, 12, 30, 9));
        var pending = await hub.AskAsync();
        var other = hub.Asker.Ask(hub.Third.Code);
        await hub.Asker.SendAsync(other);
        await hub.Third.DeliveryAsync(other.MessageId);
        var table = Path.Combine(hub.World.Installation.Folder, "divisions.csv");
        await File.WriteAllLinesAsync(table, File.ReadLines(Repository.PathOf("data/divisions.csv")).Where(l => !l.StartsWith(hub.Receiver.Code, StringComparison.Ordinal)), HubWorld.Stop);
        await hub.World.Installation.SaveAsync(HubWorld.Stop);
        (await Typed.RunAsync(hub.World, "divisions", "import", table)).Exit.ShouldBe(0);

        await hub.World.AdvanceToAsync(HubWorld.Shanghai(lastTable + 1, 1, 1, 0, 2), HubWorld.Stop);
        (await hub.Third.EventAsync(other.ExchangeId, Kinds.Overdue)).Duty.ShouldBe(Duties.Acknowledgement);
        using var csv = new StringReader($"date,kind,occasion\n{lastTable + 1}-01-01,holiday,元旦\n");
        await HubSchema.ImportCalendarAsync(hub.World.Servers.Database(hub.World.Installation.HubDatabase), csv, ct: HubWorld.Stop);
        (await hub.Receiver.EventAsync(pending.ExchangeId, Kinds.DueChange)).Cause.ShouldBe("CalendarCame");
        var late = hub.Asker.Ask(hub.Receiver.Code);
        await hub.Asker.SendAsync(late);
        (await hub.Asker.ReceiptAsync(late.MessageId)).ShouldBeOfType<RefusedStatement>();
    }

    [Fact]
    public async Task A_delivery_that_was_confirmed_late_starts_its_deadlines_anew()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        var question = await hub.AskAsync();
        await hub.Asker.AcceptedAsync(question);
        // As if the broker had not confirmed for a day: the row is there again, its process dead.
        await hub.World.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 3, 9), HubWorld.Stop);
        await hub.ExecuteAsync("insert into hub.pending (batch, index, addressee, leaf, since) select batch, index, addressee, null, now() - interval '1 minute' from hub.deliveries");
        await hub.Service<ExchangeHub.Hub.Relay.PendingSweep>().RunOnceAsync(HubWorld.Stop);
        var moved = await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange, nth: 2);
        (moved.Cause, moved.DueOn).ShouldBe(("DeliveredLate", new DateOnly(2026, 2, 12)));
    }

    static Task<int> LastYearAsync() =>
        Task.FromResult(ShippedData.Calendar().Years.Max());
}
