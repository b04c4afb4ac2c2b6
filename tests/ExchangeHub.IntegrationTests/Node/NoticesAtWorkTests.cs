using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>Notices of movements and the records they keep on both sides, through the HTTP interface and the real hub.</summary>
public sealed class NoticesAtWorkTests(TestServers servers)
{
    const string Left = "510104", Arrived = "330106", Third = "420581";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_notice_finds_the_local_record_or_is_one_sided_until_a_clerk_opens_it()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var left = await CountyAtNode.SignInAsync(world, Left);
        using var arrived = await CountyAtNode.SignInAsync(world, Arrived);
        var (known, unknown) = (InventedPerson.Of(Left, 1), InventedPerson.Of(Left, 2));
        var import = await arrived.PostTextAsync("movements/file", $"""
            direction,personName,personId,counterpart,movedOn
            in,{known.HolderName},{known.HolderId},{Left},2026-01-05
            in,{known.HolderName},{known.HolderId},{Arrived},2026-01-05
            sideways,{known.HolderName},{known.HolderId},{Left},2026-01-05
            """, "text/csv");
        (import.Body.GetProperty("stored").GetInt32(), import.Body.GetProperty("badRows").GetInt32()).ShouldBe((1, 2), import.Text);
        import.Body.GetProperty("errors").EnumerateArray().Select(e => $"{e.GetProperty("line")} {Text(e, "column")} {Text(e, "code")}")
            .ShouldBe(["3 counterpart MemberInvalid", "4 direction MemberInvalid"]);

        var found = await NotifyAsync(left, Kinds.OutflowNotice, Arrived, known);
        var oneSided = await NotifyAsync(left, Kinds.OutflowNotice, Arrived, unknown);
        await world.QuietAsync(cancel: Cancel);
        (await Record(arrived, found), await Record(arrived, oneSided)).ShouldBe(("Found", "OneSided"));
        (await OneSidedOf(arrived)).ShouldBe([("in", Left, "ToldOnly", (Guid?)oneSided)]);
        (await OneSidedOf(left)).Select(r => r.State).ShouldBe(["OwnOnly", "OwnOnly"]);

        (await arrived.PostAsync($"exchanges/{found}/acknowledgement", new { })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await arrived.PostAsync($"exchanges/{oneSided}/acknowledgement", new { open = true })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        foreach (var county in new[] { left, arrived })
            (Text((await county.ExchangeAsync(oneSided)).GetProperty("exchange"), "phase"), Text((await county.ExchangeAsync(found)).GetProperty("exchange"), "closedWhy"))
                .ShouldBe(("Closed", Kinds.Acknowledgement));
        (await Record(arrived, oneSided)).ShouldBe("Opened");
        (await OneSidedOf(arrived)).ShouldBeEmpty();
        (await arrived.GetAsync("movements?state=Matched")).Body.GetProperty("rows").EnumerateArray().Select(r => Text(r, "personIdMasked")).Count(p => p!.Contains('*')).ShouldBe(2);
        (await arrived.OwedAsync()).ShouldBe(0);
        var late = await arrived.PostAsync($"exchanges/{found}/reply", new { outcome = "Match" });
        (late.Status, late.Code, late.Field).ShouldBe((HttpStatusCode.Conflict, "PhaseNotAllowed", "/header/kind"));
    }

    [Fact]
    public async Task A_one_sided_record_is_settled_by_asking_the_counterpart_beside_it()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var left = await CountyAtNode.SignInAsync(world, Left);
        using var arrived = await CountyAtNode.SignInAsync(world, Arrived);
        var person = InventedPerson.Of(Left, 3);
        await left.PostAsync("movements", new { direction = "out", personName = person.HolderName, personId = person.HolderId, counterpart = Arrived, movedOn = "2026-01-10" });
        var row = (await left.GetAsync("one-sided")).Body.GetProperty("rows").EnumerateArray().Single();
        (Text(row.GetProperty("ask"), "to"), row.GetProperty("ask").GetProperty("items").GetArrayLength()).ShouldBe((Arrived, 2));
        row.ToString().ShouldNotContain(person.HolderId);

        var asked = await left.PostAsync($"one-sided/{row.GetProperty("movement").GetProperty("id")}/ask", new { legalBasis = "Agreement", items = new[] { "identity", "contact" } });
        asked.Status.ShouldBe(HttpStatusCode.Accepted, asked.Text);
        (await arrived.PostAsync("one-sided/1/ask", new { legalBasis = "Agreement" })).Status.ShouldBe(HttpStatusCode.NotFound); // another county's
        await world.QuietAsync(cancel: Cancel);
        var id = asked.Body.GetProperty("exchangeId").GetGuid();
        (await AskedBy(left)).ShouldBe(id);
        Text((await arrived.RevealAsync(id, "核对")).GetProperty("subject"), "id").ShouldBe(person.HolderId);
        (await arrived.PostAsync($"exchanges/{id}/reply", new { outcome = "Match", fields = new { identity = "same", contact = "same" } })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        (await OneSidedOf(left)).ShouldBeEmpty();
        var report = (await left.PostAsync("statistics", new { })).Body.GetProperty("report");
        (report.GetProperty("activeOutflowRecords").GetInt32(), report.GetProperty("contactsConfirmed").GetInt32(), report.GetProperty("oneSidedRecords").GetInt32()).ShouldBe((1, 1, 0));

        // A correction to nobody found takes the match back.
        (await arrived.PostAsync($"exchanges/{id}/reply", new { outcome = "PersonNotFound", reasonCode = "NoRecord" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        (await OneSidedOf(left)).Select(r => r.State).ShouldBe(["OwnOnly"]);
        (await AskedBy(left)).ShouldBeNull(); // answered: it may be asked again
    }

    [Fact]
    public async Task A_superseding_notice_that_the_hub_refuses_leaves_the_record_as_it_was_and_is_sent_again_from_what_was_kept()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        await world.Installation.SaveAsync(Cancel);
        using var left = await CountyAtNode.SignInAsync(world, Left);
        using var arrived = await CountyAtNode.SignInAsync(world, Arrived);
        var desk = await Cli.Typed.AccountAsync(world, "desk", "hub", ExchangeHub.Web.Accounts.Roles.Operator);
        async Task DemandAsync(params string[] no) => (await Cli.Typed.RunAsAsync(world, desk, ["agreements", "demand", "330000", .. no])).Exit.ShouldBe(0);
        var first = await NotifyAsync(left, Kinds.InflowNotice, Arrived, InventedPerson.Of(Left, 11));
        await world.QuietAsync(cancel: Cancel);

        await DemandAsync();
        var refused = await NotifyAsync(left, Kinds.InflowNotice, Arrived, InventedPerson.Of(Left, 12), first);
        await world.QuietAsync(cancel: Cancel);
        Text((await left.ExchangeAsync(refused)).GetProperty("exchange"), "phase").ShouldBe("Refused");
        (await OneSidedOf(left)).ShouldBe([("in", Arrived, "OwnOnly", (Guid?)first)]);
        (await left.ToDecideAsync()).ShouldBe([refused]);

        await DemandAsync("--no");
        var again = await left.PostAsync($"exchanges/{refused}/resend", new { });
        again.Status.ShouldBe(HttpStatusCode.Accepted, again.Text);
        await world.QuietAsync(cancel: Cancel);
        var sent = again.Body.GetProperty("exchangeId").GetGuid();
        (await OneSidedOf(left)).ShouldBe([("in", Arrived, "OwnOnly", (Guid?)sent)]);
        (await OneSidedOf(arrived)).ShouldBe([("out", Left, "ToldOnly", (Guid?)sent)]);
    }

    [Fact]
    public async Task An_own_record_is_told_by_no_notice_once_that_is_withdrawn()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var left = await CountyAtNode.SignInAsync(world, Left);
        var person = InventedPerson.Of(Left, 13);
        await left.PostAsync("movements", new { direction = "out", personName = person.HolderName, personId = person.HolderId, counterpart = Arrived, movedOn = "2026-01-10" });
        var notice = await NotifyAsync(left, Kinds.OutflowNotice, Arrived, person);
        await world.QuietAsync(cancel: Cancel);
        (await OneSidedOf(left)).ShouldBe([("out", Arrived, "OwnOnly", (Guid?)notice)]);
        (await left.PostAsync($"exchanges/{notice}/withdrawal", new { reasonCode = "SentInError" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        (await OneSidedOf(left)).ShouldBe([("out", Arrived, "OwnOnly", null)]);
    }

    [Fact]
    public async Task A_newer_notice_takes_the_place_of_the_first_and_only_once()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var left = await CountyAtNode.SignInAsync(world, Left);
        using var arrived = await CountyAtNode.SignInAsync(world, Arrived);
        var (wrong, right) = (InventedPerson.Of(Left, 4), InventedPerson.Of(Left, 5));
        var first = await NotifyAsync(left, Kinds.InflowNotice, Arrived, wrong);
        await world.QuietAsync(cancel: Cancel);
        var second = await NotifyAsync(left, Kinds.InflowNotice, Arrived, right, first);
        await world.QuietAsync(cancel: Cancel);

        foreach (var county in new[] { left, arrived })
        {
            var exchange = (await county.ExchangeAsync(first)).GetProperty("exchange");
            (Text(exchange, "phase"), Text(exchange, "closedWhy"), Text(exchange, "supersededBy")).ShouldBe(("Closed", "Superseded", second.ToString()));
        }
        (await OneSidedOf(arrived)).ShouldBe([("out", Left, "ToldOnly", (Guid?)second)]);
        (await OneSidedOf(left)).ShouldBe([("in", Arrived, "OwnOnly", (Guid?)second)]);
        (await arrived.OwedAsync()).ShouldBe(1);
        var again = await left.PostAsync("notices", Notice(Kinds.InflowNotice, Arrived, right, first));
        (again.Status, again.Code, again.Field).ShouldBe((HttpStatusCode.Conflict, "LimitReached", "/header/supersedes"));
        var trial = await left.PostAsync("notices", Notice(Kinds.InflowNotice, Arrived, right, second, test: true));
        (trial.Status, trial.Code, trial.Field).ShouldBe((HttpStatusCode.BadRequest, "TestMarkDiffers", "/header/test"));
        var foreign = await arrived.PostAsync("notices", Notice(Kinds.InflowNotice, Left, right, second));
        (foreign.Code, foreign.Field).ShouldBe(("ReferenceUnknown", "/header/supersedes"));
    }

    [Fact]
    public async Task A_departure_ends_the_record_and_a_withdrawn_or_returned_notice_leaves_none()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var home = await CountyAtNode.SignInAsync(world, Left);
        using var residence = await CountyAtNode.SignInAsync(world, Arrived);
        var (moved, mistaken, notTheirs) = (InventedPerson.Of(Left, 6), InventedPerson.Of(Left, 7), InventedPerson.Of(Left, 8));
        await NotifyAsync(residence, Kinds.InflowNotice, Left, moved);
        var withdrawn = await NotifyAsync(residence, Kinds.InflowNotice, Left, mistaken);
        var returned = await NotifyAsync(residence, Kinds.InflowNotice, Left, notTheirs);
        await world.QuietAsync(cancel: Cancel);
        (await residence.PostAsync($"exchanges/{withdrawn}/withdrawal", new { reasonCode = "SentInError" })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await home.PostAsync($"exchanges/{returned}/return", new { reasonCode = "NotOurs", suggestedTo = Third })).Status.ShouldBe(HttpStatusCode.Accepted);
        var departure = await residence.PostAsync("notices", new
        {
            kind = Kinds.DepartureNotice,
            to = Left,
            personName = moved.HolderName,
            personId = moved.HolderId,
            movedOn = "2026-02-01",
            movedTo = Third,
            purpose = "ResidenceRegistration",
            legalBasis = "NationalRegulation",
        });
        await world.QuietAsync(cancel: Cancel);
        (await OneSidedOf(home)).ShouldBeEmpty();
        (await OneSidedOf(residence)).ShouldBeEmpty();
        (await home.PostAsync($"exchanges/{departure.Body.GetProperty("exchangeId").GetGuid()}/acknowledgement", new { open = true })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await OneSidedOf(home)).Select(r => (r.Direction, r.Counterpart, r.State)).ShouldBe([("out", Third, "OwnOnly")]);
    }

    [Fact]
    public async Task Found_in_one_district_verified_at_the_residence_told_to_the_registered_county_are_three_exchanges_linked_by_follows()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var district = await CountyAtNode.SignInAsync(world, Third);
        using var residence = await CountyAtNode.SignInAsync(world, Arrived);
        using var registered = await CountyAtNode.SignInAsync(world, Left);
        var person = InventedPerson.Of(Left, 9);
        var found = await NotifyAsync(district, Kinds.OutflowNotice, Arrived, person);
        await world.QuietAsync(cancel: Cancel);
        var asked = await residence.PostAsync("checks", new { to = Third, personName = person.HolderName, personId = person.HolderId, items = new[] { "residence" }, purpose = "RecordCheck", legalBasis = "Agreement", follows = found });
        var verified = asked.Body.GetProperty("exchangeId").GetGuid();
        await world.QuietAsync(cancel: Cancel);
        (await district.PostAsync($"exchanges/{verified}/reply", new { outcome = "MovedOn", reasonCode = "LeftCounty" })).Status.ShouldBe(HttpStatusCode.Accepted);
        var told = await NotifyAsync(residence, Kinds.InflowNotice, Left, person, supersedes: null, follows: verified);
        await world.QuietAsync(cancel: Cancel);

        (await Linked(residence, told, "earlier"), await Linked(residence, found, "later")).ShouldBe(($"{verified},{found}", $"{verified},{told}"));
        (await Linked(district, found, "later"), await Linked(registered, told, "earlier")).ShouldBe(($"{verified}", ""));
        Text((await registered.ExchangeAsync(told)).GetProperty("exchange"), "follows").ShouldBe(verified.ToString());
    }

    [Fact]
    public async Task A_trial_is_marked_on_both_sides_and_leaves_no_record()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var left = await CountyAtNode.SignInAsync(world, Left, Roles.Integrator);
        using var arrived = await CountyAtNode.SignInAsync(world, Arrived, Roles.Integrator);
        var person = InventedPerson.Of(Left, 10);
        var sent = await left.PostAsync("notices", new { kind = Kinds.OutflowNotice, to = Arrived, personName = person.HolderName, personId = person.HolderId, movedOn = "2026-01-10", purpose = "RecordCheck", legalBasis = "Agreement", test = true, automatic = true });
        await world.QuietAsync(cancel: Cancel);
        var id = sent.Body.GetProperty("exchangeId").GetGuid();
        (await arrived.PostAsync($"exchanges/{id}/acknowledgement", new { automatic = true })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        foreach (var county in new[] { left, arrived })
        {
            var seen = await county.ExchangeAsync(id);
            (seen.GetProperty("exchange").GetProperty("test").GetBoolean(), Text(seen.GetProperty("exchange"), "phase")).ShouldBe((true, "Closed"));
            seen.GetProperty("timeline").EnumerateArray().Where(t => Text(t, "what") is "Delivered" or "Acknowledged").ShouldAllBe(t => t.GetProperty("automatic").GetBoolean());
            (await county.GetAsync("movements")).Body.GetProperty("rows").GetArrayLength().ShouldBe(0);
        }
    }

    static object Notice(string kind, string to, InventedPerson about, Guid? supersedes = null, Guid? follows = null, bool test = false) => new
    {
        kind,
        to,
        personName = about.HolderName,
        personId = about.HolderId,
        movedOn = "2026-01-10",
        purpose = "ResidenceRegistration",
        legalBasis = "NationalRegulation",
        toUnit = "例镇",
        supersedes,
        follows,
        test,
    };

    static async Task<Guid> NotifyAsync(CountyAtNode from, string kind, string to, InventedPerson about, Guid? supersedes = null, Guid? follows = null)
    {
        var sent = await from.PostAsync("notices", Notice(kind, to, about, supersedes, follows));
        sent.Status.ShouldBe(HttpStatusCode.Accepted, sent.Text);
        return sent.Body.GetProperty("exchangeId").GetGuid();
    }

    static async Task<string?> Record(CountyAtNode county, Guid id) => Text((await county.ExchangeAsync(id)).GetProperty("exchange").GetProperty("record"), "what");

    static async Task<string> Linked(CountyAtNode county, Guid id, string way) =>
        string.Join(',', (await county.ExchangeAsync(id)).GetProperty("links").GetProperty(way).EnumerateArray().Select(l => Text(l, "id")));

    static async Task<List<(string? Direction, string? Counterpart, string? State, Guid? Notice)>> OneSidedOf(CountyAtNode county) =>
    [
        .. (await county.GetAsync("one-sided")).Body.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("movement"))
            .Select(m => (Text(m, "direction"), Text(m, "counterpart"), Text(m, "state"), Guid.TryParse(Text(m, "exchangeId"), out var id) ? id : (Guid?)null)),
    ];

    static async Task<Guid?> AskedBy(CountyAtNode county) =>
        Guid.TryParse(Text((await county.GetAsync("one-sided")).Body.GetProperty("rows").EnumerateArray().Single().GetProperty("movement"), "askedBy"), out var id) ? id : null;

    static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
