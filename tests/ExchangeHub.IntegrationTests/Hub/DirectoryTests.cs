using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Node;
using Npgsql;
using Roles = ExchangeHub.Web.Accounts.Roles;

namespace ExchangeHub.IntegrationTests.Hub;

/// <summary>The directory from a county's word to every other county's copy, and what the hub judges by it. Today is 2 March 2026, a Monday.</summary>
public sealed class DirectoryTests(TestServers servers) : IAsyncLifetime
{
    const string A = "330106", B = "510104", ReviewerOfB = "510000";
    static readonly DateTimeOffset Now = HubWorld.Shanghai(2026, 3, 2, 9);

    HubWorld hub = null!;
    HttpClient http = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        hub = await HubWorld.CreateAsync(servers, startAt: Now);
        http = new HttpClient { BaseAddress = new Uri(hub.World.Installation.HubUrl, "api/v1/") };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await hub.DisposeAsync();
    }

    HubApi Api(WireCounty county) => county.Hub(new HttpClient { BaseAddress = hub.World.Installation.HubUrl });

    async Task<SignedDirectory> FetchAsync(WireCounty by)
    {
        var ring = await hub.World.Steps.RingAsync(hub.World.Installation.HubId, Stop);
        return SignedDirectory.Read((await Api(by).GetDirectoryAsync(null, Stop))!, hub.World.Installation.HubId, kid => ring.SigningKey(hub.World.Installation.HubId, kid)).ShouldNotBeNull();
    }

    async Task<Answer> SendAsync(HttpMethod method, string path, object? body, string token)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        return await Answer.OfAsync(await http.SendAsync(request, Stop));
    }

    async Task<Answer> OperatorAsync(HttpMethod method, string path, object? body = null) => await SendAsync(method, path, body, await hub.World.OperatorTokenAsync(Stop));

    static object Agreement(Guid? id = null, string startsOn = "2026-01-01", string? endsOn = null, string? feedback = null, string?[]? counties = null, string?[]? kinds = null,
        string? contact = null) => new
        {
            id = id ?? Guid.NewGuid(),
            counties = counties ?? [A, B],
            startsOn,
            endsOn,
            feedback,
            kinds,
            contacts = contact is null ? null : new Dictionary<string, string> { [B] = contact },
        };

    async Task AgreeAsync(object agreement) => (await OperatorAsync(HttpMethod.Put, "agreements", new[] { agreement })).Status.ShouldBe(HttpStatusCode.NoContent);

    static async Task<IReadOnlyList<string>> RefusedAsync(WireCounty from, string to)
    {
        var question = from.Ask(to);
        await from.SendAsync(question);
        var refused = await from.RefusedAsync(question.MessageId);
        return [.. refused.Reasons, .. refused.Fields];
    }

    static async Task<AcceptedStatement> AcceptedAsync(WireCounty from, string to)
    {
        var question = from.Ask(to);
        await from.SendAsync(question);
        return await from.AcceptedAsync(question);
    }

    [Fact]
    public async Task What_a_county_says_of_itself_is_in_the_signed_directory_and_the_known_version_is_not_sent_again()
    {
        var details = new CountyDetails("周一至周五 09:00–17:00", "028-00000000", "示例区服务科",
            [new(WireTime.Format(Now.AddDays(3)), WireTime.Format(Now.AddDays(3).AddHours(2)), "机房检修")]);
        var before = await FetchAsync(hub.Asker);
        await Api(hub.Receiver).PutDetailsAsync(details, Stop);
        var after = await FetchAsync(hub.Asker);
        after.Place.CompareTo(before.Place).ShouldBeGreaterThan(0);
        after.Content.Counties.Select(c => c.Code).ShouldBe([A, "420581", B]);
        after.Find(B)!.ShouldSatisfyAllConditions(
            c => c.Name.ShouldBe("锦江区"), c => c.Status.ShouldBe(CountyStatuses.Active), c => c.Suites.ShouldBe([Suites.P256]),
            c => c.Takes.ShouldContain("certificate-verification-request.v1"), c => c.Details!.DutyPhone.ShouldBe(details.DutyPhone), c => c.Details!.Outages.ShouldBe(details.Outages));
        after.Content.Snapshot.ShouldBe((await hub.World.Steps.RingAsync(cancel: Stop)).Number);
        (await Api(hub.Asker).GetDirectoryAsync(after.Place, Stop)).ShouldBeNull();
        await Api(hub.Receiver).PutDetailsAsync(details, Stop); // nothing new
        (await Api(hub.Asker).GetDirectoryAsync(after.Place, Stop)).ShouldBeNull();

        // A change is told to every county: each county rests between two.
        var (other, early) = (details with { DutyPhone = "028-00000001" }, hub.Receiver.Token());
        (await SendAsync(HttpMethod.Put, "directory/details", other, early)).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(HttpStatusCode.TooManyRequests), a => a.Code.ShouldBe(RefusalCodes.LimitReached));
        (await FetchAsync(hub.Asker)).Find(B)!.Details!.DutyPhone.ShouldBe(details.DutyPhone);
        await hub.World.AdvanceToAsync(Now + Limits.DetailsRest, Stop);
        await Api(hub.Receiver).PutDetailsAsync(other, Stop);
        (await FetchAsync(hub.Asker)).Find(B)!.Details!.DutyPhone.ShouldBe(other.DutyPhone);
    }

    [Fact]
    public async Task Details_that_break_a_rule_are_refused_with_their_place_and_a_stranger_reads_nothing()
    {
        (await Answer.OfAsync(await http.GetAsync(new Uri("directory", UriKind.Relative), Stop))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var (details, field) in new (object, string)[]
        {
            (new { dutyPhone = new string('1', 201) }, "/dutyPhone"),
            (new { officeHours = "9\u0007" }, "/officeHours"),
            (new { contact = "" }, "/contact"),
            (new { outages = new[] { new { from = WireTime.Format(Now), to = WireTime.Format(Now) } } }, "/outages/0"),
            (new { outages = Enumerable.Repeat(new { from = WireTime.Format(Now), to = WireTime.Format(Now.AddHours(1)) }, 21) }, "/outages"),
        })
            (await SendAsync(HttpMethod.Put, "directory/details", details, hub.Receiver.Token())).ShouldSatisfyAllConditions(
                a => a.Status.ShouldBe(HttpStatusCode.BadRequest), a => a.Field.ShouldBe(field));
        (await SendAsync(HttpMethod.Get, "directory?known=1", null, hub.Receiver.Token())).Field.ShouldBe("known");
    }

    [Fact]
    public async Task A_county_merged_this_morning_is_asked_nothing_more_finishes_what_it_has_and_the_directory_names_its_successor()
    {
        var open = await hub.AskAsync();
        var closure = new { status = "Merged", endedOn = "2026-03-02", successors = new[] { "510105" } };
        var stranger = await hub.World.SignInAtHubAsync("operator-zj", Roles.Operator, province: "330000", cancel: Stop);
        (await SendAsync(HttpMethod.Put, $"directory/{B}/closure", closure, stranger)).Status.ShouldBe(HttpStatusCode.NotFound); // another province's
        (await OperatorAsync(HttpMethod.Put, $"directory/{B}/closure", closure)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await RefusedAsync(hub.Asker, B)).ShouldBe(["ReceiverNotActive", "/header/to"]);
        (await RefusedAsync(hub.Receiver, A)).ShouldBe(["SenderNotActive", "/header/from"]);
        var reply = hub.Receiver.Reply(open);
        await hub.Receiver.SendAsync(reply);
        await hub.Receiver.AcceptedAsync(reply);
        (await FetchAsync(hub.Asker)).EndedBy(B, new DateOnly(2026, 3, 2)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            c => c.Status.ShouldBe("Merged"), c => c.Successors.ShouldBe(["510105"]));
        (await hub.ScalarAsync<string>("select unit from hub.obligations where exchange_id = $1 limit 1", open.ExchangeId)).ShouldBe(B); // history stays under its code
        (await SendAsync(HttpMethod.Delete, $"directory/{B}/closure", null, stranger)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await OperatorAsync(HttpMethod.Delete, $"directory/{B}/closure")).Status.ShouldBe(HttpStatusCode.NoContent);
        await AcceptedAsync(hub.Asker, B);
        // Who did it, and when, stays.
        (await hub.ScalarAsync<string[]>("select array_agg(concat_ws(' ', code, status, account) order by id) from hub.closure_acts where at = $1", Now))
            .ShouldBe([$"{B} Merged world-operator", $"{B} world-operator"]);
    }

    [Fact]
    public async Task An_end_that_cannot_be_is_refused_with_its_place()
    {
        foreach (var (code, status, endedOn, successors, field) in new (string, string, string, string?[], string)[]
        {
            ("999999", "Merged", "2026-03-02", ["510105"], "code"),
            (B, "Active", "2026-03-02", ["510105"], "/status"),
            (B, "Merged", "2.3.2026", ["510105"], "/endedOn"),
            (B, "Merged", "2026-03-02", [], "/successors"),
            (B, "Merged", "2026-03-02", [B], "/successors"),
            (B, "Renamed", "2026-03-02", ["510105", "510106"], "/successors"),
            (B, "Merged", "2026-03-02", ["510105", null], "/successors"),
        })
            (await OperatorAsync(HttpMethod.Put, $"directory/{code}/closure", new { status, endedOn, successors })).Field.ShouldBe(field);
    }

    [Fact]
    public async Task Where_a_province_demands_agreements_only_one_in_force_opens_the_door_and_its_time_is_the_deadline()
    {
        var ordinary = (await AcceptedAsync(hub.Asker, B)).DueOn;
        (await OperatorAsync(HttpMethod.Put, "agreements/demands/510000")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await RefusedAsync(hub.Asker, B)).ShouldBe(["OutsideAgreement", "/header/to"]);
        await AcceptedAsync(hub.Receiver, A); // the other province demands none
        var id = Guid.NewGuid();
        await AgreeAsync(Agreement(id, endsOn: "2026-03-01", feedback: "2-working-days"));
        (await RefusedAsync(hub.Asker, B)).ShouldBe(["OutsideAgreement", "/header/to"]); // ended yesterday
        await AgreeAsync(Agreement(id, endsOn: "2026-03-02", feedback: "2-working-days"));
        (await AcceptedAsync(hub.Asker, B)).DueOn.ShouldBe(new DateOnly(2026, 3, 4));
        ordinary.ShouldNotBe(new DateOnly(2026, 3, 4));
        (await FetchAsync(hub.Third)).Content.ShouldSatisfyAllConditions(
            d => d.DemandedBy.ShouldBe(["510000"]), d => d.Agreements.ShouldHaveSingleItem().EndsOn.ShouldBe("2026-03-02"));
        (await OperatorAsync(HttpMethod.Delete, "agreements/demands/510000")).Status.ShouldBe(HttpStatusCode.NoContent);
        await AcceptedAsync(hub.Third, B);
    }

    [Fact]
    public async Task A_province_s_reviewer_enters_agreements_within_the_province_and_nobody_binds_another_s_county()
    {
        var reviewer = await hub.World.SignInAtHubAsync("reviewer-sc", Roles.Reviewer, province: ReviewerOfB, cancel: Stop);
        (await SendAsync(HttpMethod.Put, "agreements", new[] { Agreement(counties: [B, "510105"]) }, reviewer)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Put, "agreements/demands/510000", null, reviewer)).Status.ShouldBe(HttpStatusCode.NoContent);
        var theirs = Guid.NewGuid();
        await AgreeAsync(Agreement(theirs));
        (await SendAsync(HttpMethod.Put, "agreements", new[] { Agreement() }, reviewer)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Put, "agreements", new[] { Agreement(theirs, counties: [B, "510105"]) }, reviewer)).Status.ShouldBe(HttpStatusCode.NotFound); // another's id
        (await SendAsync(HttpMethod.Put, "agreements/demands/330000", null, reviewer)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Get, "agreements", null, reviewer)).Body.GetArrayLength().ShouldBe(2);
        var monitor = await hub.World.SignInAtHubAsync("monitor-bj", Roles.Monitor, province: "110000", cancel: Stop);
        (await SendAsync(HttpMethod.Get, "agreements", null, monitor)).Body.GetArrayLength().ShouldBe(0);
        (await SendAsync(HttpMethod.Put, "agreements", new[] { Agreement() }, monitor)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_agreement_that_breaks_a_rule_is_refused_with_its_place_and_keeps_the_others_out()
    {
        foreach (var (agreement, field, code) in new (object, string, string)[]
        {
            (Agreement(counties: [A]), "/1/counties", RefusalCodes.MemberInvalid),
            (Agreement(counties: [A, A]), "/1/counties", RefusalCodes.MemberInvalid),
            (Agreement(counties: [A, "999999"]), "/1/counties", "CodeUnknown"),
            (Agreement(counties: [A, null]), "/1/counties", RefusalCodes.MemberInvalid),
            (Agreement(counties: [A, "5101\004"]), "/1/counties", "CodeUnknown"),
            (Agreement(contact: "028\00"), "/1/contacts", RefusalCodes.MemberInvalid),
            (Agreement(contact: "028\n1"), "/1/contacts", RefusalCodes.MemberInvalid),
            (Agreement(kinds: [null]), "/1/kinds", RefusalCodes.KindUnknown),
            (Agreement(startsOn: "yesterday"), "/1/startsOn", RefusalCodes.MemberInvalid),
            (Agreement(startsOn: "2026-03-02", endsOn: "2026-03-01"), "/1/endsOn", RefusalCodes.MemberInvalid),
            (Agreement(kinds: ["return"]), "/1/kinds", RefusalCodes.KindUnknown),
            (Agreement(feedback: "soon"), "/1/feedback", RefusalCodes.MemberInvalid),
        })
        {
            var answer = await OperatorAsync(HttpMethod.Put, "agreements", new[] { Agreement(), agreement });
            (answer.Status, answer.Field, answer.Code).ShouldBe((HttpStatusCode.BadRequest, field, code));
        }
        (await OperatorAsync(HttpMethod.Get, "agreements")).Body.GetArrayLength().ShouldBe(0);

        // Two that put the same agreements in opposite order meet while a third changes the rules: they wait for each other, and neither fails.
        var both = new[] { Agreement(), Agreement() };
        await using var database = NpgsqlDataSource.Create(hub.World.Servers.Database(hub.World.Installation.HubDatabase));
        await using var connection = await database.OpenConnectionAsync(Stop);
        await using var third = await connection.BeginTransactionAsync(Stop);
        await using (var changes = new NpgsqlCommand("select from hub.versions where what = 'rules' for update", connection, third))
            await changes.ExecuteNonQueryAsync(Stop);
        var puts = new[] { both, [both[1], both[0]] }.Select(a => OperatorAsync(HttpMethod.Put, "agreements", a)).ToList();
        await HubWorld.Eventually(() => hub.ScalarAsync<bool>("select count(distinct pid) = 2 from pg_locks l join pg_stat_activity a using (pid) where not granted and a.datname = current_database()"));
        await third.CommitAsync(Stop);
        (await Task.WhenAll(puts)).ShouldAllBe(a => a.Status == HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Every_county_is_told_of_a_change_once_however_many_came_together()
    {
        await Api(hub.Receiver).PutDetailsAsync(new(DutyPhone: "028-1"), Stop);
        await Api(hub.Third).PutDetailsAsync(new(DutyPhone: "0717-1"), Stop);
        var newest = (await FetchAsync(hub.Asker)).Content;
        foreach (var county in new[] { hub.Asker, hub.Receiver, hub.Third })
        {
            var told = await county.ToldAsync(e => e.Kind == Kinds.RegistryChange && e.Directory == newest.Version);
            told.ShouldSatisfyAllConditions(e => e.Snapshot.ShouldBe(newest.Snapshot), e => e.ExchangeId.ShouldBeNull(), e => e.Seq.ShouldBeNull());
            // The feed has it, too, for a county whose queue was lost.
            var feed = await Api(county).GetDeliveriesAsync(null, ct: Stop);
            feed.Items.Select(i => Statement.Read(B64u.TryDecode(i.Stamp.Leaf, out var leaf) ? leaf : [])).ShouldContain(told);
        }
        // However many changes came: a county was told of each version once at most.
        (await hub.ScalarAsync<long>("""
            select max(n) from (
                select count(*) as n from hub.deliveries where type = 'registry-change.v1' group by addressee, convert_from(leaf, 'UTF8')::jsonb ->> 'directory') t
            """)).ShouldBe(1);
        await HubWorld.Eventually(() => hub.ScalarAsync<bool>("select not exists(select from hub.pending)"));
    }
}
