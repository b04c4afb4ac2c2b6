using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Members;
using ExchangeHub.Node.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>Every kind of question, between two counties at one node and the real hub, through the HTTP interface.</summary>
public sealed class KindsAtWorkTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104", Third = "420581";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_longest_honest_story_ends_the_same_on_both_sides()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await CheckAsync(asker, InventedPerson.Of(Receiver, 1), ["identity", "residence", "contact"]);
        await world.QuietAsync(cancel: Cancel);

        var owed = (await receiver.GetAsync("worklist")).Body.GetProperty("rows").EnumerateArray().Single();
        (Text(owed, "kind"), Text(owed, "holderNameMasked")!.EndsWith('*')).ShouldBe((Kinds.AssistanceCheckRequest, true));
        var first = Text((await receiver.ExchangeAsync(id)).GetProperty("exchange"), "dueOn");

        await DoAsync(world, receiver, id, "acknowledgement", new { });
        await DoAsync(world, receiver, id, "interim-reply", new { note = "正在走访" });
        await DoAsync(world, receiver, id, "extension", new { workingDays = 5, reasonCode = "VisitNeeded" });
        await DoAsync(world, asker, id, "extension-decision", new { decision = "granted" });
        var extended = Text((await Agreed(asker, receiver, id, "dueOn", "extensions")).GetProperty("exchange"), "dueOn");
        string.CompareOrdinal(extended, first).ShouldBeGreaterThan(0);

        var fields = new { identity = "same", residence = "different", contact = "notAnswered" };
        await DoAsync(world, receiver, id, "reply", new { outcome = "MatchWithDifferences", reasonCode = "FieldsDiffer", fields });
        await DoAsync(world, asker, id, "dispute", new { reasonCode = "Incomplete", note = "电话未核" });
        await DoAsync(world, asker, id, "clarification", new { note = "请核对联系电话" });
        await DoAsync(world, receiver, id, "reply", new { outcome = "MatchWithDifferences", reasonCode = "FieldsDiffer", fields });
        Text((await Agreed(asker, receiver, id, "phase", "disputeResult")).GetProperty("exchange"), "disputeResult").ShouldBe("Maintained");

        await DoAsync(world, asker, id, "dispute", new { reasonCode = "Incomplete" });
        await DoAsync(world, receiver, id, "reply", new { outcome = "MatchWithDifferences", reasonCode = "FieldsDiffer", fields = new { identity = "same", residence = "different", contact = "same" } });
        Text((await Agreed(asker, receiver, id, "phase", "disputeResult")).GetProperty("exchange"), "disputeResult").ShouldBe("Upheld");
        var third = await asker.PostAsync($"exchanges/{id}/dispute", new { reasonCode = "Incomplete" });
        (third.Status, third.Code, third.Field).ShouldBe((HttpStatusCode.Conflict, "LimitReached", "/header/kind"));
        await DoAsync(world, asker, id, "confirmation", new { mark = "sufficient" });

        var end = await Agreed(asker, receiver, id, "phase", "mark", "closedWhy", "dueOn", "answeredAt", "outcome", "disputes");
        (Text(end.GetProperty("exchange"), "phase"), Text(end.GetProperty("exchange"), "mark")).ShouldBe(("Closed", "sufficient"));
        end.GetProperty("allowed").EnumerateObject().Where(a => a.Value.GetBoolean()).ShouldBeEmpty();
        end.GetProperty("timeline").EnumerateArray().Select(t => Text(t, "what")).Where(w => w is not ("MessageStored" or "DueChanged" or "RegisterLookedUp")).ShouldBe(
        [
            "Asked", "Delivered", "Acknowledged", "InterimReplied", "ExtensionAsked", "ExtensionGranted", "Answered", "Disputed", "Clarified", "Answered", "Disputed", "Answered", "Confirmed",
        ]);
    }

    [Fact]
    public async Task A_question_sent_back_is_asked_again_at_the_county_named_in_one_step_or_contested()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        using var third = await CountyAtNode.SignInAsync(world, Third);
        var person = InventedPerson.Of(Receiver, 2);
        var id = await asker.AskAsync(Receiver, person);
        var contested = await CheckAsync(asker, person, ["identity"]);
        await world.QuietAsync(cancel: Cancel);
        await DoAsync(world, receiver, id, "return", new { reasonCode = "NotOurs", suggestedTo = Third });
        await DoAsync(world, receiver, contested, "return", new { reasonCode = "Insufficient" });
        (await asker.ToDecideAsync()).ShouldBe([id, contested], ignoreOrder: true);

        // Pressed twice at once, and once more later: one exchange, one message, one case number.
        var resent = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => asker.PostAsync($"exchanges/{id}/resend", new { })));
        resent.ShouldAllBe(r => r.Status == HttpStatusCode.Accepted);
        resent[1].Text.ShouldBe(resent[0].Text);
        var next = resent[0].Body.GetProperty("exchangeId").GetGuid();
        await DoAsync(world, asker, contested, "contest", new { reasonCode = "QuestionSufficient" });
        Text((await Agreed(asker, receiver, contested, "phase", "dueOn")).GetProperty("exchange"), "phase").ShouldBe("Open");
        (await asker.ToDecideAsync()).ShouldBeEmpty();

        (await asker.PostAsync($"exchanges/{id}/resend", new { })).Text.ShouldBe(resent[0].Text);
        (await third.GetAsync("worklist")).Body.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();

        var atThird = await third.RevealAsync(next, "核对");
        Text(atThird.GetProperty("rows").EnumerateArray().Single(r => Text(r, "field") == "certificateNumber"), "asked").ShouldBe(person.CertificateNumber);
        var seen = await asker.ExchangeAsync(next);
        seen.GetProperty("links").GetProperty("earlier").EnumerateArray().Select(l => l.GetProperty("id").GetGuid()).ShouldBe([id]);
        (await asker.ExchangeAsync(id)).GetProperty("links").GetProperty("later").EnumerateArray().Select(l => l.GetProperty("id").GetGuid()).ShouldBe([next]);
    }

    [Fact]
    public async Task More_time_that_is_asked_for_waits_for_the_asker_until_it_is_due_and_no_longer()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await CheckAsync(asker, InventedPerson.Of(Receiver, 3), ["identity"]);
        await world.QuietAsync(cancel: Cancel);
        await DoAsync(world, receiver, id, "extension", new { workingDays = 2, reasonCode = "VisitNeeded" });
        (await asker.ToDecideAsync()).ShouldBe([id]);
        var dueAt = (await asker.ExchangeAsync(id)).GetProperty("exchange").GetProperty("dueAt").GetDateTimeOffset();
        await world.AdvanceToAsync(dueAt, Cancel);
        await world.QuietAsync(cancel: Cancel);
        using var later = await CountyAtNode.SignInAsync(world, Asker); // the days ended the session
        (await later.ToDecideAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_s_state_is_told_and_a_restored_one_answers_by_itself()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        string[] types = [.. Codes.CertificateTypes];
        var lines = InventedPerson.RegisterFile(Receiver, 1, 4).TrimEnd().Split('\n');
        string[] file = [lines[0], lines[1].Replace("Valid", "Restored"), lines[2].Replace("Valid", "Suspended"), lines[3].Replace("ResidencePermit", types[1]), lines[4].Replace("ResidencePermit", types[2])];
        (await receiver.PostTextAsync("register", string.Join('\n', file), "text/csv")).Body.GetProperty("stored").GetInt32().ShouldBe(4);
        var asked = new List<Guid>();
        foreach (var (number, type) in new[] { (1, types[0]), (2, types[0]), (3, types[1]), (4, types[2]) })
        {
            var p = InventedPerson.Of(Receiver, number);
            var sent = await asker.PostAsync("requests", new { to = Receiver, certificateType = type, certificateNumber = p.CertificateNumber, holderName = p.HolderName, holderId = p.HolderId, purpose = "RecordCheck", legalBasis = "Agreement" });
            sent.Status.ShouldBe(HttpStatusCode.Accepted, sent.Text);
            asked.Add(sent.Body.GetProperty("exchangeId").GetGuid());
        }
        await world.QuietAsync(cancel: Cancel);
        await DoAsync(world, receiver, asked[1], "reply", new { outcome = "CannotVerify", reasonCode = "RecordIncomplete" });
        foreach (var (id, status, outcome) in new[] { (asked[0], "Restored", "Match"), (asked[1], "Suspended", "CannotVerify"), (asked[2], "Valid", "Match"), (asked[3], "Valid", "Match") })
        {
            var seen = await asker.ExchangeAsync(id);
            (Text(seen, "answerStatus"), Text(seen.GetProperty("exchange"), "outcome")).ShouldBe((status, outcome));
        }
    }

    [Fact]
    public async Task Every_command_names_its_faults_by_code_and_field()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await CheckAsync(asker, InventedPerson.Of(Receiver, 3), ["identity", "contact"]);
        await world.QuietAsync(cancel: Cancel);
        foreach (var (who, action, body, code, field) in new (CountyAtNode, string, object, string, string)[]
        {
            (receiver, "extension", new { reasonCode = "VisitNeeded" }, "MemberMissing", "/header/workingDays"),
            (receiver, "extension", new { workingDays = 31, reasonCode = "VisitNeeded" }, "MemberInvalid", "/header/workingDays"),
            (receiver, "interim-reply", new { note = new string('长', 2_001) }, "TooLarge", "/content/note"),
            (asker, "clarification", new { note = new string('x', 1_048_576) }, "TooLarge", "/content/note"),
            (asker, "clarification", new { }, "MemberMissing", "/content/note"),
            (receiver, "reply", new { outcome = "Match", fields = new { residence = "same" } }, "MemberInvalid", "/content/fields/residence"),
            (receiver, "reply", new { outcome = "Match", certificateStatus = "Valid" }, "MemberInvalid", "/content/certificateStatus"),
            (receiver, "acknowledgement", new { open = true }, "MemberInvalid", "/open"),
            (asker, "confirmation", new { }, "PhaseNotAllowed", "/header/exchangeId"),
            (receiver, "dispute", new { reasonCode = "Other" }, "PartyNotAllowed", "/header/from"),
            (asker, "extension-decision", new { decision = "granted" }, "ReferenceUnknown", "/header/inReplyTo"),
            (asker, "resend", new { }, "PhaseNotAllowed", "/header/follows"),
        })
        {
            var answer = await who.PostAsync($"exchanges/{id}/{action}", body);
            (answer.Code, answer.Field).ShouldBe((code, field), $"{action}: {answer.Text}");
        }
        var check = await asker.PostAsync("checks", new { to = Receiver, personName = "王小明", personId = "420581199003070018", items = new[] { "identity", "identity" }, purpose = "RecordCheck", legalBasis = "Agreement", phone = "1" });
        check.Body.GetProperty("errors").EnumerateArray().Select(e => Text(e, "field")).ShouldBe(["/content/items", "/content/phone"]);
        var notice = await asker.PostAsync("notices", new { kind = "return", to = Receiver, personName = "王小明", personId = "420581199003070018", movedTo = Third, purpose = "RecordCheck", legalBasis = "Agreement" });
        notice.Body.GetProperty("errors").EnumerateArray().Select(e => Text(e, "field")).ShouldBe(["/header/kind", "/content/movedTo", "/content/movedOn"]);
    }

    [Fact]
    public async Task Each_ended_day_is_reported_once_and_a_day_with_a_clerk_says_so()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        (await asker.PostAsync("movements", new { direction = "out", personName = "王小明", personId = "420581199003070018", counterpart = Receiver, movedOn = "2026-01-20" })).Status.ShouldBe(HttpStatusCode.NoContent);
        var reports = world.Node.Services.GetRequiredService<DailyReports>();
        await world.AdvanceToAsync(world.Clocks.Now.AddDays(1), Cancel);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(world.Counties.Count);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(0);
        using var later = await CountyAtNode.SignInAsync(world, Asker);
        var byHand = await later.PostAsync("statistics", new { });
        byHand.Status.ShouldBe(HttpStatusCode.Accepted, byHand.Text);
        byHand.Body.GetProperty("report").GetProperty("oneSidedRecords").GetInt32().ShouldBe(1);
        (await later.PostAsync("statistics", new { on = "2031-01-01" })).Field.ShouldBe("/on");
        await world.QuietAsync(cancel: Cancel);

        var sent = (await later.GetAsync("outgoing")).Body.GetProperty("rows").EnumerateArray().ToList();
        sent.Select(r => (Text(r, "kind"), Text(r, "state"))).ShouldBe(Enumerable.Repeat<(string?, string?)>((Kinds.StatisticsReport, "accepted"), 2));
        await using var hub = Npgsql.NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.HubDatabase));
        await using var command = hub.CreateCommand("select signed_in, (counts ->> 'entriesNeedingNotice')::int from hub.reports where county = $1 order by day");
        command.Parameters.Add(new() { Value = Asker });
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var days = new List<(bool, int)>();
        while (await reader.ReadAsync(Cancel))
            days.Add((reader.GetBoolean(0), reader.GetInt32(1)));
        days.ShouldBe([(true, 1), (true, 0)]);

        // A day in between of which no report stands is sent again, and no other.
        await world.AdvanceToAsync(world.Clocks.Now.AddDays(2), Cancel);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(2 * world.Counties.Count);
        await using var node = Npgsql.NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.NodeDatabase));
        await using var forget = node.CreateCommand("delete from node.reports where county = $1 and day = (select max(day) - 1 from node.reports)");
        forget.Parameters.Add(new() { Value = Asker });
        (await forget.ExecuteNonQueryAsync(Cancel)).ShouldBe(1);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(1);
        await world.QuietAsync(cancel: Cancel);

        // Where the hub refused all that a county ever sent, each of these days is sent again, and not at once.
        await using var refuse = node.CreateCommand("update node.reports set refused_at = $2 where county = $1");
        refuse.Parameters.Add(new() { Value = Asker });
        refuse.Parameters.Add(new() { Value = world.Clocks.Now });
        var again = await refuse.ExecuteNonQueryAsync(Cancel);
        again.ShouldBeGreaterThan(1);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(0);
        await world.AdvanceToAsync(world.Clocks.Now.AddHours(2), Cancel);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(again);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task The_report_of_a_county_that_cannot_be_made_now_keeps_no_other_county_from_its_own()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        var reports = world.Node.Services.GetRequiredService<DailyReports>();
        await using var node = Npgsql.NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.NodeDatabase));
        await using var broken = node.CreateCommand($"""
            create function node.broken() returns trigger language plpgsql as 'begin raise exception ''broken''; end';
            create trigger broken before insert on node.reports for each row when (new.county = '{world.Counties.Min()}') execute function node.broken()
            """);
        await broken.ExecuteNonQueryAsync(Cancel);
        await world.AdvanceToAsync(world.Clocks.Now.AddDays(1), Cancel);
        (await reports.RunOnceAsync(Cancel)).ShouldBe(world.Counties.Count - 1);
    }

    [Fact]
    public async Task A_reply_that_cannot_be_read_is_disputed_by_the_node_itself_while_the_phase_allows_it()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 4));
        await world.QuietAsync(cancel: Cancel);
        var opening = (await receiver.ExchangeAsync(id)).GetProperty("exchange").GetProperty("openingId").GetGuid();
        var member = world.Node.Services.GetRequiredService<HostedCounties>().Find(Receiver)!.Member;
        foreach (var (phase, disputes) in new[] { ("Disputed", 1), ("Disputed", 2), ("Answered", 2) })
        {
            await member.SendAsync(member.NewHeader(Kinds.FeedbackReply, Asker, id) with { InReplyTo = opening, Outcome = "Match" }, "{\"fields\":\"none\"}"u8.ToArray(), Cancel);
            await world.QuietAsync(cancel: Cancel);
            var exchange = (await Agreed(asker, receiver, id, "phase", "disputes")).GetProperty("exchange");
            (Text(exchange, "phase"), exchange.GetProperty("disputes").GetInt32()).ShouldBe((phase, disputes));
        }
        (await receiver.ExchangeAsync(id)).GetProperty("timeline").EnumerateArray().Where(t => Text(t, "what") == "Disputed")
            .Select(t => (Text(t, "code"), t.GetProperty("automatic").GetBoolean())).ShouldBe([("Unreadable", true), ("Unreadable", true)]);
    }

    static async Task<Guid> CheckAsync(CountyAtNode asker, InventedPerson about, string[] items)
    {
        var sent = await asker.PostAsync("checks", new
        {
            to = Receiver,
            personName = about.HolderName,
            personId = about.HolderId,
            items,
            purpose = "RecordCheck",
            legalBasis = "Agreement",
            phone = items.Contains("contact") ? "13900000000" : null,
            residenceAddress = items.Contains("residence") ? "例县例镇例街1号" : null,
        });
        sent.Status.ShouldBe(HttpStatusCode.Accepted, sent.Text);
        return sent.Body.GetProperty("exchangeId").GetGuid();
    }

    static async Task DoAsync(World world, CountyAtNode who, Guid id, string action, object body)
    {
        var answer = await who.PostAsync($"exchanges/{id}/{action}", body);
        answer.Status.ShouldBe(HttpStatusCode.Accepted, $"{action}: {answer.Text}");
        await world.QuietAsync(cancel: Cancel);
        var exchange = (await who.ExchangeAsync(id)).GetProperty("exchange");
        exchange.GetProperty("refused").ValueKind.ShouldBe(JsonValueKind.Null, $"{action}: {exchange.GetProperty("refused")}");
    }

    /// <summary>The exchange as the asker sees it, after both sides say the same of these members.</summary>
    static async Task<JsonElement> Agreed(CountyAtNode asker, CountyAtNode receiver, Guid id, params string[] members)
    {
        var (one, other) = (await asker.ExchangeAsync(id), await receiver.ExchangeAsync(id));
        foreach (var member in members)
            one.GetProperty("exchange").GetProperty(member).ToString().ShouldBe(other.GetProperty("exchange").GetProperty(member).ToString(), member);
        return one;
    }

    static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
