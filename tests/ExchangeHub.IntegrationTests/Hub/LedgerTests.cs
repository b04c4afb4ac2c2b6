using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Ledger;
using ExchangeHub.Hub.Quarantine;
using ExchangeHub.Hub.Registry;
using ExchangeHub.Hub.Relay;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>What one batch makes of messages that meet in it, and what an operator or the registrar does meanwhile.</summary>
public sealed class LedgerTests(FaultyHub faulty) : IClassFixture<FaultyHub>
{
    readonly HubWorld hub = faulty.World;

    [Fact]
    public async Task One_id_twice_in_a_batch_counts_once_and_other_bytes_under_it_are_refused()
    {
        var question = hub.Asker.Ask("510104");
        var (bytes, other) = (hub.Asker.Seal(question), hub.Asker.Seal(question));
        var committed = await hub.Service<BatchLedger>().CommitAsync([Judge(question, bytes), Judge(question, bytes), Judge(question, other)], HubWorld.Stop);
        (committed.Accepted, committed.Refused, committed.Facts).ShouldBe((1, 1, 1));
        await hub.Service<DeliveryRelay>().HandOverAsync(committed, HubWorld.Stop);
        (await hub.Asker.ReceiptAsync(question.MessageId)).ShouldBeOfType<AcceptedStatement>();
        (await hub.Asker.RefusedAsync(question.MessageId, nth: 2)).Reasons.ShouldBe([RefusalCodes.MessageIdReused]);
    }

    [Fact]
    public async Task A_batch_that_says_nothing_new_writes_nothing()
    {
        var question = await hub.AskAsync();
        var body = hub.Asker.Seal(question with { MessageId = Guid.NewGuid(), ExchangeId = Guid.NewGuid() });
        var fresh = question with { MessageId = Guid.NewGuid(), ExchangeId = Guid.NewGuid() };
        var ledger = hub.Service<BatchLedger>();
        await ledger.CommitAsync([Judge(fresh, body)], HubWorld.Stop);
        var batches = await hub.ScalarAsync<long>("select count(*) from hub.batches");
        var again = await ledger.CommitAsync([Judge(fresh, body)], HubWorld.Stop);
        (again.Repeated, again.Outgoing.Count).ShouldBe((1, 1));
        (await hub.ScalarAsync<long>("select count(*) from hub.batches")).ShouldBe(batches);
    }

    [Fact]
    public async Task A_stranger_that_opens_a_foreign_exchange_waits_for_nobody_s_lock()
    {
        var question = await hub.AskAsync();
        await using var database = NpgsqlDataSource.Create(hub.World.Servers.Database(hub.World.Installation.HubDatabase));
        await using var connection = await database.OpenConnectionAsync(HubWorld.Stop);
        await using var transaction = await connection.BeginTransactionAsync(HubWorld.Stop);
        await using (var locked = new NpgsqlCommand("select 1 from hub.exchanges where id = $1 for update", connection, transaction) { Parameters = { new() { Value = question.ExchangeId } } })
            await locked.ExecuteScalarAsync(HubWorld.Stop);

        // A batch of the stranger's alone; an opening that the steps before refused makes it no party either.
        var opening = hub.Third.Ask("510104") with { ExchangeId = question.ExchangeId };
        var withdrawal = hub.Third.Withdraw(opening);
        var screened = hub.Third.Ask("510104") with { ExchangeId = question.ExchangeId };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var committed = await hub.Service<BatchLedger>().CommitAsync([Judge(opening, hub.Third.Seal(opening)), Judge(withdrawal, hub.Third.Seal(withdrawal)),
            Judge(screened, hub.Third.Seal(screened)) with { Screened = [new(RefusalCodes.WrongHub, "/header/hub")] }], limit.Token);
        committed.Refused.ShouldBe(3);
        await hub.Service<DeliveryRelay>().HandOverAsync(committed, HubWorld.Stop);
        (await hub.Third.RefusedAsync(opening.MessageId)).Reasons.ShouldBe([RefusalCodes.ExchangeUnknown]);
        (await hub.Third.RefusedAsync(withdrawal.MessageId)).Reasons.ShouldBe([RefusalCodes.ExchangeUnknown]);
    }

    [Fact]
    public async Task A_replay_of_what_was_judged_before_settles_with_that_verdict_and_the_same_receipt()
    {
        var question = hub.Asker.Ask("510104");
        var body = await hub.Asker.SendAsync(question);
        var receipt = await hub.Asker.AcceptedAsync(question);
        await hub.Service<QuarantineDesk>().KeepAsync(Judge(question, body).Message, QuarantineDesk.DeadLettered, HubWorld.Stop);
        var row = await hub.ScalarAsync<Guid>("select id from hub.quarantine where message_id = $1", question.MessageId);
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddMinutes(1), HubWorld.Stop);

        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await hub.World.SignInAtHubAsync("replayer", ExchangeHub.Web.Accounts.Roles.Operator, cancel: HubWorld.Stop));
        var answer = await http.PostAsync($"api/v1/quarantine/{row}/replay", null, HubWorld.Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<Replayed>(HubWorld.Stop))!.Verdict.ShouldBe("accepted");
        (await hub.Asker.ReceiptAsync(question.MessageId, nth: 2)).ShouldBe(receipt);
        (await hub.ScalarAsync<string>("select verdict from hub.quarantine where id = $1 and replayed_at is not null", row)).ShouldBe("accepted");
        (await http.PostAsync($"api/v1/quarantine/{row}/replay", null, HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_report_that_the_hub_could_not_keep_lies_in_quarantine_and_is_replayed_and_one_with_words_in_it_leaves_none_there()
    {
        await hub.ExecuteAsync("alter table hub.reports rename to reports_away");
        var report = await hub.Asker.ReportAsync();
        var talkative = await hub.Asker.ReportAsync($$"""{"on":"{{WireTime.Format(WireTime.DayOf(hub.World.Clocks.Now))}}","oneSidedRecords":3,"note":"林晓雨"}""");
        foreach (var held in new[] { report, talkative })
            (await hub.Asker.ReceiptAsync(held.MessageId)).ShouldBeOfType<HeldStatement>();
        await hub.ExecuteAsync("alter table hub.reports_away rename to reports");
        (await hub.ScalarAsync<bool>("select body is null from hub.quarantine where message_id = $1", talkative.MessageId)).ShouldBeTrue();

        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await hub.World.SignInAtHubAsync("replayer", ExchangeHub.Web.Accounts.Roles.Operator, cancel: HubWorld.Stop));
        var row = await hub.ScalarAsync<Guid>("select id from hub.quarantine where message_id = $1", report.MessageId);
        // What its sender said later goes on to hold.
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddMinutes(1), HubWorld.Stop);
        var later = await hub.Asker.ReportAsync($$"""{"on":"{{WireTime.Format(WireTime.DayOf(hub.World.Clocks.Now))}}","oneSidedRecords":5}""");
        (await hub.Asker.ReceiptAsync(later.MessageId)).ShouldBeOfType<AcceptedReportStatement>();
        (await http.PostAsync($"api/v1/quarantine/{row}/replay", null, HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.Asker.ReceiptAsync(report.MessageId, nth: 2)).ShouldBeOfType<AcceptedReportStatement>();
        (await hub.ScalarAsync<int>("select (counts ->> 'oneSidedRecords')::int from hub.reports where message_id = $1", report.MessageId)).ShouldBe(3);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await hub.World.SignInAtHubAsync("reader", ExchangeHub.Web.Accounts.Roles.Monitor, hub.Asker.Code, cancel: HubWorld.Stop));
        var month = WireTime.Format(WireTime.DayOf(hub.World.Clocks.Now))[..7];
        var days = JsonDocument.Parse(await http.GetStringAsync(new Uri($"api/v1/reports/{hub.Asker.Code}?month={month}", UriKind.Relative), HubWorld.Stop)).RootElement;
        days[days.GetArrayLength() - 1].GetProperty("report").GetProperty("oneSidedRecords").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task A_message_that_two_batches_hold_at_once_lies_in_quarantine_once()
    {
        var question = hub.Asker.Ask("510104");
        var message = Judge(question, hub.Asker.Seal(question)).Message;
        var (waits, goOn) = faulty.Write.Hold(HubWrites.Batch);
        var first = HoldAsync();
        await waits.WaitAsync(HubWorld.Stop);
        var second = HoldAsync();
        await HubWorld.Eventually(() => hub.ScalarAsync<bool>("select exists (select 1 from pg_locks where locktype = 'transactionid' and not granted)"));
        goOn.SetResult();
        (await first).Repeated.ShouldBe(0);
        (await second).Repeated.ShouldBe(1);
        (await hub.ScalarAsync<long>("select count(*) from hub.quarantine where message_id = $1", question.MessageId)).ShouldBe(1);

        Task<Committed> HoldAsync() => hub.Service<BatchLedger>().CommitAsync([new Work.Hold(message, "Poison", MayBeKept: true)], HubWorld.Stop);
    }

    [Fact]
    public async Task A_revoked_county_neither_sends_nor_is_sent_to()
    {
        using (var registrar = Registrar.OpenOrCreate(hub.World.Installation.RegistrarFolder, hub.World.Installation.HubId, hub.World.Clocks))
        using (var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl })
            foreach (var key in hub.Service<RegistryWatch>().Current.Keys.KeysOf("420581"))
                await hub.Asker.Hub(http).PutRegistryAsync(registrar.Revoke("420581", key.Kid), HubWorld.Stop);
        var (from, to) = (hub.Third.Ask("510104"), hub.Asker.Ask("420581"));
        await hub.Third.PublishAsync(from, hub.Third.Seal(from));
        await hub.Asker.SendAsync(to);
        (await hub.Third.RefusedAsync(from.MessageId)).Reasons.ShouldBe([RefusalCodes.SenderNotActive]);
        (await hub.Asker.RefusedAsync(to.MessageId)).Reasons.ShouldBe([RefusalCodes.ReceiverNotActive]);
    }

    [Fact]
    public async Task A_demonstration_s_clock_jumps_forward_with_a_beat_and_never_back()
    {
        await using var database = NpgsqlDataSource.Create(hub.World.Servers.Database(hub.World.Installation.HubDatabase));
        var system = Clocks.Real.System.GetUtcNow();
        var clock = new DemoClock(Clocks.Real.System);
        (await clock.JumpAsync(database, new DurableWrite(), system.AddDays(3), HubWorld.Stop)).ShouldBeTrue();
        clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(system.AddDays(3));
        (await hub.ScalarAsync<bool>("select bool_and(at >= $1) from hub.beats", system.AddDays(3).ToUniversalTime())).ShouldBeTrue();
        (await clock.JumpAsync(database, new DurableWrite(), system.AddDays(2), HubWorld.Stop)).ShouldBeFalse();

        var another = new DemoClock(Clocks.Real.System); // another process of the same hub
        await another.FollowAsync(database, HubWorld.Stop);
        another.GetUtcNow().ShouldBeGreaterThanOrEqualTo(system.AddDays(3));
    }

    [Fact]
    public async Task Quarantine_and_enrolments_are_an_operator_s_to_read()
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        foreach (var path in new[] { "api/v1/quarantine", "api/v1/enrolments" })
            (await http.GetAsync(path, HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer",
            await hub.World.SignInAtHubAsync("monitor-only", ExchangeHub.Web.Accounts.Roles.Monitor, province: "330000", cancel: HubWorld.Stop));
        foreach (var path in new[] { "api/v1/quarantine", "api/v1/enrolments" })
            (await http.GetAsync(path, HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
    }

    sealed record Replayed(string Verdict);

    static Work.Judge Judge(Header header, byte[] body) => new(Incoming.Read(body, new(BrokerNames.RoutingKey(header.Kind, 1, header.From), header.From,
        header.MessageId.ToString(), header.ExchangeId.ToString(), Kinds.TypeOf(header.Kind, 1), "application/json", 2, null, [])), []);
}
