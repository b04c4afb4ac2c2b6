using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.IntegrationTests.Node;
using ExchangeHub.Node.Members;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using static ExchangeHub.IntegrationTests.Contracts.PythonCounty;

namespace ExchangeHub.IntegrationTests.Contracts;

/// <summary>The contract is enough: a client in another language, written from it alone, takes part in all that a county does.</summary>
public sealed class PythonClientTests(PythonWorld shared) : IClassFixture<PythonWorld>
{
    const string Neighbour = PythonWorld.Neighbour;

    readonly World world = shared.World;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_enrols_asks_verifies_its_receipt_and_opens_the_reply()
    {
        using var county = await EnrolAsync(world, "330109");
        var person = InventedPerson.Of(Neighbour, 1);
        await world.ImportRegisterAsync(Neighbour, InventedPerson.RegisterFile(Neighbour, 1, 1), Stop);

        var asked = await county.RunAsync(Done, "send", Neighbour, "--case-number", "--set", "reasonCode=CertificateDoubtful", "--content", QuestionAbout(county, person));
        var receipt = asked.Single(s => What(s) == "accepted");
        receipt.GetProperty("exchangeId").GetGuid().ShouldBe(asked[0].GetProperty("exchangeId").GetGuid());
        receipt.GetProperty("dueAt").GetString().ShouldNotBeNullOrEmpty();

        if (!asked.Exists(IsReply))
            asked.AddRange(await county.RunAsync(Done, "receive", "--seconds", "60", "--until", Kinds.FeedbackReply));
        var came = asked.Single(IsReply);
        came.GetProperty("header").GetProperty("outcome").GetString().ShouldBe(Outcomes.Match);
        foreach (var member in (string[])["certificateType", "certificateNumber", "holderName", "holderId"])
            came.GetProperty("content").GetProperty("fields").GetProperty(member).GetString().ShouldBe("same", member);
    }

    [Fact]
    public async Task It_is_asked_acknowledges_and_replies_and_a_refusal_names_code_and_field()
    {
        using var county = await EnrolAsync(world, "330110");
        using var asker = await CountyAtNode.SignInAsync(world, Neighbour);
        var person = InventedPerson.Of(county.Code, 2);
        var exchange = await asker.AskAsync(county.Code, person);

        var question = (await county.RunAsync(Done, "receive", "--seconds", "60", "--until", "delivered")).Single(s => What(s) == "delivered");
        question.GetProperty("exchangeId").GetGuid().ShouldBe(exchange);
        question.GetProperty("content").GetProperty("holderId").GetString().ShouldBe(person.HolderId);

        (await county.RunAsync(Done, "acknowledge", exchange.ToString())).ShouldContain(s => What(s) == "accepted");
        var twice = (await county.RunAsync(Refused, "acknowledge", exchange.ToString())).Single(s => What(s) == "refused");
        twice.GetProperty("codes").EnumerateArray().Select(c => c.GetString()).ShouldBe([RefusalCodes.LimitReached]);
        twice.GetProperty("fields").GetArrayLength().ShouldBeGreaterThan(0);

        var fields = county.Content("""{"fields":{"certificateNumber":"same","holderName":"different"}}""");
        (await county.RunAsync(Done, "reply", exchange.ToString(), "--set", "outcome=MatchWithDifferences", "--set", "reasonCode=FieldsDiffer", "--content", fields))
            .ShouldContain(s => What(s) == "accepted");
        await world.QuietAsync(of: [Neighbour], cancel: Stop);
        PhaseOf(await asker.ExchangeAsync(exchange)).ShouldBe("Answered");
        (await asker.RevealAsync(exchange, "测试")).ToString().ShouldContain("MatchWithDifferences");
    }

    [Fact]
    public async Task It_returns_a_question_withdraws_its_own_and_sends_nothing_that_the_contract_does_not_allow()
    {
        using var county = await EnrolAsync(world, "330111");
        using var neighbour = await CountyAtNode.SignInAsync(world, Neighbour);
        var theirs = await neighbour.AskAsync(county.Code, InventedPerson.Of(county.Code, 3));
        await county.RunAsync(Done, "receive", "--seconds", "60", "--until", "delivered");
        (await county.RunAsync(Refused, "return", theirs.ToString())).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("header.return.v1: /: required reasonCode");
        await county.RunAsync(Done, "return", theirs.ToString(), "--set", "reasonCode=NotOurs", "--set", "suggestedTo=330106");
        await world.QuietAsync(of: [Neighbour], cancel: Stop);
        PhaseOf(await neighbour.ExchangeAsync(theirs)).ShouldBe("Returned");

        var ours = (await county.RunAsync(Done, "send-kind", Kinds.CertificateVerificationRequest, "--to", Neighbour, "--content",
            QuestionAbout(county, InventedPerson.Of(Neighbour, 77_777))))[0].GetProperty("exchangeId").GetGuid();
        await county.RunAsync(Done, "withdraw", ours.ToString(), "--set", "reasonCode=SentInError");
        await world.QuietAsync(of: [Neighbour], cancel: Stop);
        PhaseOf(await neighbour.ExchangeAsync(ours)).ShouldBe("Withdrawn");
        (await county.RunAsync(Done, "receipts")).Select(s => s.GetProperty("state").GetString()).ShouldBe(["accepted", "accepted", "accepted"]);
    }

    [Fact]
    public async Task It_rotates_its_keys_while_a_question_to_the_old_one_is_under_way()
    {
        using var county = await EnrolAsync(world, "330112");
        using var asker = await CountyAtNode.SignInAsync(world, Neighbour);
        var before = await asker.AskAsync(county.Code, InventedPerson.Of(county.Code, 4));
        await world.QuietAsync(of: [Neighbour], cancel: Stop);

        (await county.SignedAsync("rotate")).ShouldBe(["requested", "rotated"]);
        await world.ReissueSnapshotAsync(Stop); // the neighbour has the new key before it asks again
        var after = await asker.AskAsync(county.Code, InventedPerson.Of(county.Code, 5));

        var came = new HashSet<Guid>();
        while (came.Count < 2)
            foreach (var question in (await county.RunAsync(Done, "receive", "--seconds", "60", "--until", "delivered")).Where(s => What(s) == "delivered"))
                came.Add(question.GetProperty("exchangeId").GetGuid());
        came.ShouldBe([before, after], ignoreOrder: true);
        // Signed by the new key, which the neighbour believes.
        await county.RunAsync(Done, "acknowledge", after.ToString());
        await world.QuietAsync(of: [Neighbour], cancel: Stop);
        PhaseOf(await asker.ExchangeAsync(after)).ShouldBe("Open");
        (await county.SignedAsync("rotate")).ShouldBe(["requested", "rotated"]);
    }

    [Fact]
    public async Task It_fetches_a_lost_delivery_and_takes_both_in_their_order()
    {
        using var county = await EnrolAsync(world, "330113");
        using var asker = await CountyAtNode.SignInAsync(world, Neighbour);
        var exchange = await asker.AskAsync(county.Code, InventedPerson.Of(county.Code, 6));
        await county.LoseAsync(Kinds.TypeOf(Kinds.CertificateVerificationRequest, 1));
        await world.QuietAsync(of: [Neighbour], cancel: Stop);
        (await asker.PostAsync($"exchanges/{exchange}/withdrawal", new { reasonCode = "SentInError" })).Status.ShouldBe(System.Net.HttpStatusCode.Accepted);

        var came = await county.RunAsync(Done, "receive", "--seconds", "60", "--until", Kinds.Withdrawal);
        came.Where(s => What(s) != "event").Select(s => (What(s), s.GetProperty("kind").GetString(), s.GetProperty("seq").GetInt32()))
            .ShouldBe([("delivered", Kinds.CertificateVerificationRequest, 1), ("delivered", Kinds.Withdrawal, 2)]);

        (await county.RunAsync(Done, "show", exchange.ToString())).Count.ShouldBe(2);
    }

    [Fact]
    public async Task It_heals_by_the_feed_what_was_lost_without_a_trace_and_takes_nothing_twice()
    {
        using var county = await EnrolAsync(world, "330114");
        using var asker = await CountyAtNode.SignInAsync(world, Neighbour);
        var taken = await asker.AskAsync(county.Code, InventedPerson.Of(county.Code, 7));
        await county.RunAsync(Done, "receive", "--seconds", "60", "--until", "delivered");
        var lost = await asker.AskAsync(county.Code, InventedPerson.Of(county.Code, 8));
        await county.LoseAsync(Kinds.TypeOf(Kinds.CertificateVerificationRequest, 1));
        (await county.RunAsync(Done, "receive", "--once", "--seconds", "60")).ShouldNotContain(s => What(s) == "delivered");

        // The feed goes no further than the oldest transaction of the server, so what is new may come a look later.
        List<JsonElement> healed = [];
        while (healed.Count == 0)
            healed = [.. (await county.RunAsync(Done, "heal")).Where(s => What(s) == "delivered")];
        healed.ShouldHaveSingleItem().GetProperty("exchangeId").GetGuid().ShouldBe(lost);
        foreach (var exchange in (Guid[])[taken, lost])
            (await county.RunAsync(Done, "show", exchange.ToString())).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task It_asks_and_is_asked_in_the_newest_version_and_leaves_nothing_out_for_one_who_takes_the_first_alone()
    {
        using var county = await EnrolAsync(world, "330122");
        using var neighbour = await CountyAtNode.SignInAsync(world, Neighbour);
        var person = InventedPerson.Of(Neighbour, 9);
        var content = new { personName = person.HolderName, personId = person.HolderId, items = new[] { "residence" }, purpose = "RecordCheck", legalBasis = "Agreement", stateOn = "2025-09-01" };
        var ofADay = county.Content(JsonSerializer.Serialize(content));
        var asked = (await county.RunAsync(Done, "send-kind", Kinds.AssistanceCheckRequest, "--to", Neighbour, "--content", ofADay))[0].GetProperty("exchangeId").GetGuid();
        await world.QuietAsync(of: [Neighbour], cancel: Stop);
        (await neighbour.ExchangeAsync(asked)).GetProperty("stateOn").GetString().ShouldBe("2025-09-01");

        var member = world.Node.Services.GetRequiredService<HostedCounties>().Find(Neighbour)!.Member;
        await member.WhenAsync(_ => member.Directory?.Find(county.Code)?.Takes.Contains("assistance-check-request.v2") == true, Stop);
        var back = await neighbour.PostAsync("checks", new { to = county.Code, content.personName, content.personId, content.items, content.purpose, content.legalBasis, content.stateOn });
        back.Status.ShouldBe(System.Net.HttpStatusCode.Accepted, back.Text);
        var came = (await county.RunAsync(Done, "receive", "--seconds", "60", "--until", "delivered")).Single(s => What(s) == "delivered");
        (came.GetProperty("header").GetProperty("version").GetInt32(), came.GetProperty("content").GetProperty("stateOn").GetString()).ShouldBe((2, "2025-09-01"));

        var all = member.Directory!.Find(Neighbour)!.Takes;
        await member.Api.PutTakesAsync([.. all.Where(t => t.EndsWith(".v1", StringComparison.Ordinal))], Stop);
        try
        {
            (await county.RunAsync(Refused, "send-kind", Kinds.AssistanceCheckRequest, "--to", Neighbour, "--content", ofADay)).ShouldHaveSingleItem()
                .GetProperty("reason").GetString().ShouldBe("the receiver takes no newer version than assistance-check-request.v1, which has no stateOn");
            var ofToday = county.Content(JsonSerializer.Serialize(new { content.personName, content.personId, content.items, content.purpose, content.legalBasis }));
            (await county.RunAsync(Done, "send-kind", Kinds.AssistanceCheckRequest, "--to", Neighbour, "--content", ofToday)).ShouldContain(s => What(s) == "accepted");
        }
        finally
        {
            await member.Api.PutTakesAsync(all, Stop);
        }
    }

    [Fact]
    public async Task It_judges_every_example_and_every_fault_of_a_hub_as_the_contract_does() =>
        (await PythonAsync("check.py", [], "", exit => exit.ShouldBe(Done), Stop).ToListAsync(Stop)).ShouldHaveSingleItem().ShouldEndWith(" 0 not");

    static bool IsReply(JsonElement said) => What(said) == "delivered" && said.GetProperty("kind").GetString() == Kinds.FeedbackReply;

    static string? PhaseOf(JsonElement detail) => detail.GetProperty("exchange").GetProperty("phase").GetString();

    static string QuestionAbout(PythonCounty county, InventedPerson person) => county.Content(JsonSerializer.Serialize(new
    {
        certificateType = "ResidencePermit",
        certificateNumber = person.CertificateNumber,
        holderName = person.HolderName,
        holderId = person.HolderId,
        purpose = "ResidenceRegistration",
        legalBasis = "NationalRegulation",
    }));
}
