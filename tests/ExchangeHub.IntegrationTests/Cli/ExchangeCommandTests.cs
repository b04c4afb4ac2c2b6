using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.IntegrationTests.Node;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>A county's and a province's work by the command line alone, on a real hub and node.</summary>
public sealed class ExchangeCommandTests(TestServers servers)
{
    const string A = "330106", B = "420581", C = "510104";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_is_sent_seen_acknowledged_answered_and_confirmed_and_counted_by_commands_alone()
    {
        await using var world = await WorldAsync();
        var (asker, receiver) = (await ClerkAsync(world, A), await ClerkAsync(world, B));
        var (question, person) = QuestionTo(B);

        // The person stands in the file alone: what names it is no word of any command.
        var id = Sent(await Typed.RunAsAsync(world, asker, ["send", "--to", B, "--urgency", "urgent", "--file", "-", "--json"], question));
        await world.QuietAsync(cancel: Stop);
        var owed = Typed.Json(await Typed.RunAsAsync(world, receiver, ["worklist", "--json"])).GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        (owed.GetProperty("exchangeId").GetString(), owed.GetProperty("urgent").GetBoolean()).ShouldBe((id, true));
        var shown = await Typed.RunAsAsync(world, receiver, ["show", id]);
        (shown.Exit, shown.Error).ShouldBe((ExitCodes.Done, ""));
        shown.Output.ShouldContain("ask extension"); // what may be done now
        shown.Output.ShouldNotContain(person.HolderId);
        (await Typed.RunAsAsync(world, receiver, ["show", id, "--reveal", "来访核对"])).Output.ShouldContain(person.HolderId);

        (await Typed.RunAsAsync(world, receiver, ["acknowledge", id])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await Typed.RunAsAsync(world, receiver, ["extend", id, "--working-days", "2", "--reason-code", "VisitNeeded"])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await Typed.RunAsAsync(world, asker, ["decide", id, "--decision", "granted"])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await Typed.RunAsAsync(world, receiver, ["reply", id, "--outcome", "MatchWithDifferences", "--reason-code", "FieldsDiffer", "--fields", "holderName=same", "issuedOn=different"])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        var answered = Typed.Json(await Typed.RunAsAsync(world, asker, ["show", id, "--json"]));
        answered.GetProperty("exchange").GetProperty("phase").GetString().ShouldBe("Answered");
        answered.GetProperty("answers").GetProperty("issuedOn").GetString().ShouldBe("different");
        (await Typed.RunAsAsync(world, asker, ["confirm", id, "--mark", "sufficient"])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await PhaseAsync(world, receiver, id)).ShouldBe("Closed");
        Typed.Json(await Typed.RunAsAsync(world, asker, ["outgoing", "--json"])).GetProperty("rows").EnumerateArray().ShouldAllBe(r => r.GetProperty("state").GetString() == "accepted");

        var monitor = await Typed.AccountAsync(world, "monitor", "hub", Roles.Monitor, "--county", B);
        var rates = await Typed.RunAsAsync(world, monitor, ["rates", "--month", "2026-02"]);
        rates.Output.ShouldContain("100.00", customMessage: rates.Error);
        var table = Typed.Json(await Typed.RunAsAsync(world, monitor, ["rates", "--month", "2026-02", "--json"]));
        table.GetProperty("total").GetProperty("figures").GetProperty("feedback_rate").GetProperty("numerator").GetInt64().ShouldBe(1);
        var list = Typed.Json(await Typed.RunAsAsync(world, monitor, ["rates", "list", "--month", "2026-02", "--indicator", "feedback_rate", "--part", "numerator", "--json"]));
        list.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("exchangeId").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task A_returned_question_is_sent_on_contested_and_withdrawn_by_commands_alone()
    {
        await using var world = await WorldAsync();
        var (asker, receiver) = (await ClerkAsync(world, A), await ClerkAsync(world, B));
        var id = Sent(await Typed.RunAsAsync(world, asker, ["send", "--to", B, "--file", "-", "--json"], QuestionTo(B).Json));
        await world.QuietAsync(cancel: Stop);
        (await Typed.RunAsAsync(world, receiver, ["return", id, "--reason-code", "NotOurs", "--suggested-to", C])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await PhaseAsync(world, asker, id)).ShouldBe("Returned");

        var next = Sent(await Typed.RunAsAsync(world, asker, ["resend", id, "--json"]));
        await world.QuietAsync(cancel: Stop);
        var other = await ClerkAsync(world, C);
        Typed.Json(await Typed.RunAsAsync(world, other, ["worklist", "--json"])).GetProperty("rows")[0].GetProperty("exchangeId").GetString().ShouldBe(next);
        (await Typed.RunAsAsync(world, asker, ["withdraw", next, "--reason-code", "AnsweredElsewhere"])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await PhaseAsync(world, other, next)).ShouldBe("Withdrawn");
        (await Typed.RunAsAsync(world, asker, ["contest", id, "--reason-code", "OnYourRegister"])).Exit.ShouldBe(ExitCodes.Done);
        await world.QuietAsync(cancel: Stop);
        (await PhaseAsync(world, receiver, id)).ShouldBe("Open");
    }

    [Fact]
    public async Task What_is_refused_names_code_and_field_in_the_chosen_language_and_every_end_has_its_exit_code()
    {
        await using var world = await WorldAsync();
        var (asker, receiver) = (await ClerkAsync(world, A), await ClerkAsync(world, B));
        var wrong = await Typed.RunAsAsync(world, asker, ["send", "--to", B, "--purpose", "Curiosity"]);
        (wrong.Exit, wrong.Output).ShouldBe((ExitCodes.Refused, ""));
        wrong.Error.ShouldContain("MemberInvalid /content/purpose: ");
        wrong.Error.ShouldContain("MemberMissing /content/holderId: ");
        var json = JsonDocument.Parse((await Typed.RunAsAsync(world, asker, ["send", "--to", B, "--json"])).Error).RootElement;
        json.GetProperty("errors").EnumerateArray().ShouldContain(e => e.GetProperty("code").GetString() == "MemberMissing" && e.GetProperty("field").GetString() == "/content/holderName");
        (await Typed.RunAsAsync(world, asker, ["send", "--file", "-"], """{"too":"420581"}""")).Exit.ShouldBe(ExitCodes.Refused); // a misspelt member is not dropped

        var id = Sent(await Typed.RunAsAsync(world, asker, ["send", "--to", B, "--file", "-", "--json"], QuestionTo(B).Json));
        await world.QuietAsync(cancel: Stop);
        var early = await Typed.RunAsAsync(world, asker, ["confirm", id]);
        early.Exit.ShouldBe(ExitCodes.Refused);
        early.Error.ShouldMatch(@"\APhaseNotAllowed /header/exchangeId: [ -~]+\n\z");
        (await Typed.RunAsAsync(world, asker, ["confirm", id, "--lang", "zh-CN"])).Error.ShouldMatch(@"\APhaseNotAllowed /header/exchangeId: [^ -~]+.*\n\z");
        (await Typed.RunAsAsync(world, receiver, ["withdraw", id])).Error.ShouldContain("PartyNotAllowed /header/from");

        (await Typed.RunAsAsync(world, asker, ["show", Guid.NewGuid().ToString()])).Exit.ShouldBe(ExitCodes.NotThere);
        (await Typed.RunAsAsync(world, asker, ["reply", "not-an-id"])).Exit.ShouldBe(ExitCodes.NotDone);
        (await Typed.RunAsAsync(world, asker, ["send", "--tow", B])).Exit.ShouldBe(ExitCodes.NotDone);
        (await Typed.RunAsAsync(world, asker, ["send", "--file", "-"], "no JSON")).Exit.ShouldBe(ExitCodes.NotDone);
        (await Typed.RunAsync(world, "worklist")).Exit.ShouldBe(ExitCodes.NotDone); // no account
        (await Typed.RunAsAsync(world, (asker.Name, "wrong"), ["worklist"])).Error.ShouldContain("PasswordWrong /password");
        (await Typed.RunAsAsync(world, (asker.Name, "wrong"), ["worklist", "--password-stdin"], asker.Password + "\n")).Exit.ShouldBe(ExitCodes.Done);
        (await Typed.RunAsAsync(world, asker, ["worklist", "--node", $"http://127.0.0.1:{Ports.Free()}"])).Exit.ShouldBe(ExitCodes.ServerFault);
    }

    [Fact]
    public async Task A_province_reads_escalations_and_sets_its_follow_up_and_rules_only_where_there_is_something_to_rule_on()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "province-words", Counties = [A], StartNode = false }, Stop);
        await world.Installation.SaveAsync(Stop);
        var reviewer = await Typed.AccountAsync(world, "reviewer-zj", "hub", Roles.Reviewer, "--province", "330000");
        Typed.Json(await Typed.RunAsAsync(world, reviewer, ["escalations", "--json"])).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await Typed.RunAsAsync(world, reviewer, ["ruling", Guid.NewGuid().ToString(), "--outcome", "Upheld"])).Exit.ShouldBe(ExitCodes.NotThere);

        string[] set = ["policy", "follow-up", "set", "--effective-from", "2026-02-03", "--reminders", "-1@09:00 0@15:00", "--escalation", "4@09:00", "--dispute-within", "3"];
        var refused = await Typed.RunAsAsync(world, reviewer, set);
        (refused.Exit, refused.Error.Contains("MemberMissing /closeAfter", StringComparison.Ordinal)).ShouldBe((ExitCodes.Refused, true), refused.Error);
        (await Typed.RunAsAsync(world, reviewer, [.. set, "--close-after", "7"])).Exit.ShouldBe(ExitCodes.Done);
        await world.AdvanceToAsync(world.Clocks.Now.AddDays(1), Stop);
        var policy = Typed.Json(await Typed.RunAsAsync(world, reviewer, ["policy", "follow-up", "--json"]));
        (policy.GetProperty("escalation").GetString(), policy.GetProperty("closeAfter").GetInt32()).ShouldBe(("4@09:00", 7));
    }

    async Task<World> WorldAsync()
    {
        var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "words", Counties = [A, B, C] }, Stop);
        await world.Installation.SaveAsync(Stop);
        return world;
    }

    static Task<(string Name, string Password)> ClerkAsync(World world, string county) => Typed.AccountAsync(world, "clerk-" + county, "node", Roles.Clerk, "--county", county);

    /// <summary>A whole question about an invented person, without the county asked.</summary>
    static (string Json, InventedPerson About) QuestionTo(string county)
    {
        var about = InventedPerson.Of(county, 7);
        var question = JsonSerializer.SerializeToNode(CountyAtNode.RequestTo(county, about))!.AsObject();
        question.Remove("to");
        return (question.ToJsonString(), about);
    }

    static string Sent(Typed.Run run) => Typed.Json(run).GetProperty("exchangeId").GetString()!;

    static async Task<string?> PhaseAsync(World world, (string, string) account, string id) =>
        Typed.Json(await Typed.RunAsAsync(world, account, ["show", id, "--json"])).GetProperty("exchange").GetProperty("phase").GetString();
}
