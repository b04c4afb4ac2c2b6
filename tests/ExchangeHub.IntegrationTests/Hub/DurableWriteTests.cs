using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub;
using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Outages;
using ExchangeHub.Hub.Relay;
using Npgsql;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>Every durable write of the hub, failed and done-but-reported-failed: nothing lost, nothing doubled.</summary>
public sealed class DurableWriteTests(FaultyHub faulty) : IClassFixture<FaultyHub>
{
    readonly HubWorld hub = faulty.World;

    public static TheoryData<string, bool> Faults => new(
        from name in typeof(HubWrites).GetFields()
        from done in new[] { false, true }
        select ((string)name.GetRawConstantValue()!, done));

    [Theory, MemberData(nameof(Faults))]
    public async Task A_write_that_fails_or_only_seems_to_costs_nothing(string write, bool done)
    {
        // Quiet first: the fault is to meet this test's write and no other's.
        await HubWorld.Eventually(() => hub.ScalarAsync<bool>("""
            select a.directory = v.number and not exists (select from hub.pending) from hub.announced a, hub.versions v where v.what = 'directory'
            """));
        await FailAsync(write, done);
    }

    Task FailAsync(string write, bool done) => write switch
    {
        HubWrites.Batch or HubWrites.Publish or HubWrites.Confirmed or HubWrites.Quarantine or HubWrites.Parked => MessageAsync(write, done),
        HubWrites.Beat or HubWrites.Moved => OutageAsync(write, done),
        HubWrites.Answered => FigureAsync(done),
        HubWrites.Epoch => RestoreAsync(done),
        HubWrites.Enrolment => EnrolmentAsync(done),
        HubWrites.Registry => RegistryAsync(done),
        HubWrites.Takes => TakesAsync(done),
        HubWrites.Directory => DetailsAsync(done),
        HubWrites.CountyOutage => CountyOutageAsync(done),
        HubWrites.FollowUp => FollowUpAsync(done),
        HubWrites.Announced => AnnouncedAsync(done),
        HubWrites.Clock => JumpAsync(done),
        _ => throw new ArgumentOutOfRangeException(nameof(write), write, "No test lets this write fail."),
    };

    async Task MessageAsync(string write, bool done)
    {
        var quarantined = await QuarantinedAsync();
        if (write == HubWrites.Parked)
            _ = faulty.Write.Next(HubWrites.Publish, done: false); // so that there is something to note and to sweep
        var happened = faulty.Write.Next(write, done);
        var question = hub.Asker.Ask("510104");
        if (write == HubWrites.Quarantine)
            await hub.Asker.PublishAsync(hub.Asker.Ask("510104"), "nobody's"u8.ToArray(), p => p.UserId = null);
        await hub.Asker.SendAsync(question);
        await happened.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop);
        if (write == HubWrites.Parked || (write == HubWrites.Confirmed && !done))
            await HubWorld.Eventually(async () => await SweptAsync() && await PendingAsync() == 0);

        var receipt = await hub.Asker.AcceptedAsync(question);
        (await hub.Receiver.DeliveryAsync(question.MessageId)).Statement.ShouldBe(receipt);
        foreach (var (table, rows) in new[] { ("events.mt_events where stream_id", 1), ("hub.deliveries where exchange_id", 1), ("hub.obligations where exchange_id", 2) })
            (await hub.ScalarAsync<long>($"select count(*) from {table} = $1", question.ExchangeId)).ShouldBe(rows, table);
        (await hub.ScalarAsync<long>("select count(*) from hub.submissions where message_id = $1", question.MessageId)).ShouldBe(1);
        if (write == HubWrites.Quarantine)
            await HubWorld.Eventually(async () => await QuarantinedAsync() > quarantined); // given back, it comes again
        await HubWorld.Eventually(async () => await PendingAsync() == 0);
        (await hub.ScalarAsync<bool>("select confirmed_at is not null from hub.deliveries where exchange_id = $1", question.ExchangeId)).ShouldBeTrue();
    }

    async Task OutageAsync(string write, bool done)
    {
        var question = await hub.AskAsync();
        var due = new DateTimeOffset(await hub.ScalarAsync<DateTime>("select min(due_at) from hub.obligations where exchange_id = $1", question.ExchangeId));
        await hub.World.AdvanceToAsync(due.AddMinutes(-10), HubWorld.Stop);
        var happened = faulty.Write.Next(write, done);
        hub.World.Clock!.SetUtcNow(due.AddMinutes(1)); // and no hub has written a beat meanwhile
        await HubWorld.Eventually(async () => !await WorksAsync() || happened.IsCompleted);
        await HubWorld.Eventually(WorksAsync);

        (await hub.ScalarAsync<long>("select count(*) from hub.outages where ended_at = $1 and moved_at is not null", due.AddMinutes(1))).ShouldBe(1);
        (await hub.Receiver.EventAsync(question.ExchangeId, Kinds.DueChange)).Duty.ShouldBe(Duties.Acknowledgement);
        (await hub.ScalarAsync<long>("select count(*) from hub.obligations where exchange_id = $1", question.ExchangeId)).ShouldBe(3); // moved once
        (await hub.ScalarAsync<long>("select count(*) from hub.outages where moved_at is null")).ShouldBe(0);

        Task<bool> WorksAsync() => NotFailedAsync(() => hub.Service<OutageWatch>().SettleAsync(HubWorld.Stop));
    }

    async Task FigureAsync(bool done)
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await hub.World.SignInAtHubAsync("figures", ExchangeHub.Web.Accounts.Roles.Auditor, cancel: HubWorld.Stop));
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now.AddMinutes(1), HubWorld.Stop);
        _ = faulty.Write.Next(HubWrites.Answered, done);
        (await http.GetAsync("api/v1/rates", HubWorld.Stop)).StatusCode.ShouldBe(HttpStatusCode.InternalServerError); // no figure for a T that may not be written
        var told = await http.GetFromJsonAsync<JsonElement>("api/v1/rates", HubWorld.Stop);
        (await hub.ScalarAsync<DateTime>("select at from hub.answered")).ShouldBe(told.GetProperty("asOf").GetDateTimeOffset().UtcDateTime);
    }

    async Task RestoreAsync(bool done)
    {
        var epoch = await hub.ScalarAsync<int>("select max(epoch) from hub.epochs");
        var happened = faulty.Write.Next(HubWrites.Epoch, done);
        await hub.ExecuteAsync("update hub.epochs set origin = 'a server that is gone' where epoch = $1", epoch);
        await hub.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'exchangehub-hub'");
        await happened.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop);
        var question = hub.Asker.Ask("510104");
        await hub.Asker.SendAsync(question);
        await hub.Asker.AcceptedAsync(question);
        (await hub.ScalarAsync<int>("select max(epoch) from hub.epochs")).ShouldBe(epoch + 1);
        (await hub.ScalarAsync<int>("select epoch from hub.batches b join hub.submissions s using (batch) where message_id = $1", question.MessageId)).ShouldBe(epoch + 1);
    }

    async Task EnrolmentAsync(bool done)
    {
        var party = done ? "110105" : "110106";
        var folder = Directory.CreateTempSubdirectory("exchangehub-enrolling").FullName;
        using var registrar = Registrar();
        var invitation = registrar.Invite(party, hub.World.Installation.HubUrl.ToString(), "amqp://127.0.0.1:1/none");
        using var county = CountyFolder.Create(Path.Combine(folder, party), invitation, "none");
        var enrolment = county.Enrol(invitation.Code, hub.World.Clocks.Now);
        await TwiceAsync(HubWrites.Enrolment, done, api => api.PostEnrolmentAsync(enrolment, HubWorld.Stop));
        (await hub.ScalarAsync<string>("select string_agg(request, ' ') from hub.enrolments where party = $1", party)).ShouldBe(enrolment.Request);
        Directory.Delete(folder, recursive: true);
    }

    async Task RegistryAsync(bool done)
    {
        using var registrar = Registrar();
        var update = registrar.Reissue();
        await TwiceAsync(HubWrites.Registry, done, api => api.PutRegistryAsync(update, HubWorld.Stop));
        (await hub.ScalarAsync<string>("select snapshot from hub.registry_snapshots order by number desc limit 1")).ShouldBe(update.Snapshot);
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        (await hub.Asker.Hub(http).GetRegistryAsync(HubWorld.Stop)).Snapshot.ShouldBe(update.Snapshot);
    }

    async Task TakesAsync(bool done)
    {
        string[] takes = [.. Kinds.Submitted.Values.Select(k => Kinds.TypeOf(k.Kind, k.Version)), done ? "kind-to-come.v1" : "kind-to-come.v2"];
        await TwiceAsync(HubWrites.Takes, done, api => api.PutTakesAsync(takes, HubWorld.Stop));
        (await hub.ScalarAsync<string[]>("select types from hub.takes where county = $1", hub.Asker.Code)).ShouldBe(takes);
    }

    async Task DetailsAsync(bool done)
    {
        var details = new CountyDetails(DutyPhone: done ? "1" : "2");
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now + Limits.DetailsRest, HubWorld.Stop);
        await TwiceAsync(HubWrites.Directory, done, api => api.PutDetailsAsync(details, HubWorld.Stop));
        (await hub.ScalarAsync<string>("select details ->> 'dutyPhone' from hub.county_details where county = $1", hub.Asker.Code)).ShouldBe(details.DutyPhone);
    }

    async Task CountyOutageAsync(bool done)
    {
        var from = hub.World.Clocks.Now.AddDays(done ? -9 : -8);
        var outage = new { county = "510104", from = WireTime.Format(from), to = WireTime.Format(from.AddHours(1)), reason = "机房检修" };
        await PeopleTwiceAsync(HubWrites.CountyOutage, done, http => http.PostAsJsonAsync("api/v1/outages", outage, HubWorld.Stop));
        (await hub.ScalarAsync<long>("select count(*) from hub.outages where unit = '510104' and began_at = $1", from)).ShouldBe(1);
    }

    async Task FollowUpAsync(bool done)
    {
        var from = WireTime.DayOf(hub.World.Clocks.Now).AddDays(done ? 100 : 101);
        var policy = new { effectiveFrom = WireTime.Format(from), reminders = "0@15:00", disputeWithin = 5, closeAfter = 10 };
        await PeopleTwiceAsync(HubWrites.FollowUp, done, http => http.PutAsJsonAsync("api/v1/policies/follow-up", policy, HubWorld.Stop));
        (await hub.ScalarAsync<string>("select max(reminders) from hub.follow_ups where province = '510000' and effective_from = $1", from)).ShouldBe("0@15:00");
    }

    async Task PeopleTwiceAsync(string write, bool done, Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await hub.World.SignInAtHubAsync("reviewer-sc", ExchangeHub.Web.Accounts.Roles.Reviewer, province: "510000", cancel: HubWorld.Stop));
        _ = faulty.Write.Next(write, done);
        (await ask(http)).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await ask(http)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    async Task AnnouncedAsync(bool done)
    {
        await hub.World.AdvanceToAsync(hub.World.Clocks.Now + Limits.DetailsRest, HubWorld.Stop);
        var happened = faulty.Write.Next(HubWrites.Announced, done);
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        await hub.Receiver.Hub(http).PutDetailsAsync(new(Contact: $"{done}"), HubWorld.Stop);
        var newest = (int)await hub.ScalarAsync<long>("select number from hub.versions where what = 'directory'");
        (await hub.Asker.ToldAsync(e => e.Directory == newest)).Kind.ShouldBe(Kinds.RegistryChange); // before the note that fails
        await happened.WaitAsync(TimeSpan.FromMinutes(1), HubWorld.Stop);
        await HubWorld.Eventually(async () => await hub.ScalarAsync<long>("select directory from hub.announced") == newest);
    }

    async Task JumpAsync(bool done)
    {
        await using var database = NpgsqlDataSource.Create(hub.World.Servers.Database(hub.World.Installation.HubDatabase));
        var clock = new DemoClock(hub.World.Clocks.Business);
        await clock.FollowAsync(database, HubWorld.Stop);
        var to = clock.GetUtcNow().AddSeconds(1);
        _ = faulty.Write.Next(HubWrites.Clock, done);
        await Should.ThrowAsync<IOException>(() => clock.JumpAsync(database, faulty.Write, to, HubWorld.Stop));
        await clock.FollowAsync(database, HubWorld.Stop);
        (await clock.JumpAsync(database, faulty.Write, to, HubWorld.Stop)).ShouldBe(!done);
        clock.GetUtcNow().ShouldBe(to);
        (await hub.ScalarAsync<bool>("select bool_and(at >= $1) from hub.beats", to)).ShouldBeTrue();
    }

    // Whoever asked does not know what became of it, and asks again.
    async Task TwiceAsync(string write, bool done, Func<HubApi, Task> ask)
    {
        using var http = new HttpClient { BaseAddress = hub.World.Installation.HubUrl };
        _ = faulty.Write.Next(write, done);
        (await Should.ThrowAsync<HubApiException>(() => ask(hub.Asker.Hub(http)))).Status.ShouldBe(HttpStatusCode.InternalServerError);
        await ask(hub.Asker.Hub(http));
    }

    // Its process is thought dead.
    async Task<bool> SweptAsync()
    {
        await hub.ExecuteAsync("update hub.pending set since = since - interval '1 minute'");
        await NotFailedAsync(() => hub.Service<PendingSweep>().RunOnceAsync(HubWorld.Stop));
        return true;
    }

    static async Task<bool> NotFailedAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    Registrar Registrar() => ExchangeHub.Client.Registry.Registrar.OpenOrCreate(hub.World.Installation.RegistrarFolder, hub.World.Installation.HubId, hub.World.Clocks);

    Task<long> QuarantinedAsync() => hub.ScalarAsync<long>("select count(*) from hub.quarantine");

    Task<long> PendingAsync() => hub.ScalarAsync<long>("select count(*) from hub.pending");
}
