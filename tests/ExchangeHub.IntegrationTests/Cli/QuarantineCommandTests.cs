using ExchangeHub.Cli.Commands;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Intake;
using ExchangeHub.Hub.Quarantine;
using ExchangeHub.IntegrationTests.Hub;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Cli;

/// <summary>What lies in quarantine, by the operator's commands.</summary>
public sealed class QuarantineCommandTests(TestServers servers)
{
    [Fact]
    public async Task The_quarantine_is_listed_by_cause_shown_and_replayed_one_or_all()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        await hub.World.Installation.SaveAsync(HubWorld.Stop);
        var account = await Typed.AccountAsync(hub.World, "desk", "hub", Roles.Operator);
        Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "list", "--json"])).GetArrayLength().ShouldBe(0);

        var questions = Enumerable.Range(0, 3).Select(_ => hub.Asker.Ask(hub.Receiver.Code)).ToList();
        foreach (var question in questions)
            await hub.Service<QuarantineDesk>().KeepAsync(MessageOf(hub.Asker, question), QuarantineDesk.DeadLettered, HubWorld.Stop);
        await hub.Service<QuarantineDesk>().KeepUnidentifiedAsync(Incoming.Read("?"u8.ToArray(), new("", null, null, null, null, null, null, null, [])), HubWorld.Stop);

        var causes = await Typed.RunAsAsync(hub.World, account, ["quarantine", "list", "--json"]);
        Typed.Json(causes).EnumerateArray().Select(c => (c.GetProperty("reason").GetString(), c.GetProperty("count").GetInt64(), c.GetProperty("replayable").GetInt64()))
            .ShouldBe([(QuarantineDesk.DeadLettered, 3, 3), (QuarantineDesk.NoUserId, 1, 0)]);
        (await Typed.RunAsAsync(hub.World, account, ["quarantine", "list"])).Output.ShouldContain(QuarantineDesk.NoUserId);
        var rows = Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "list", "--cause", QuarantineDesk.DeadLettered, "--json"])).EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("messageId").GetGuid()).ShouldBe(questions.Select(q => q.MessageId), ignoreOrder: true);

        var page = Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "list", "--cause", QuarantineDesk.DeadLettered, "--after", rows[0].GetProperty("id").GetString()!, "--json"]));
        page.EnumerateArray().Select(r => r.GetProperty("id").GetString()).ShouldBe(rows.Skip(1).Select(r => r.GetProperty("id").GetString()));
        (await Typed.RunAsAsync(hub.World, account, ["quarantine", "list", "--after", rows[0].GetProperty("id").GetString()!])).Exit.ShouldBe(ExitCodes.NotDone);

        var one = rows[0].GetProperty("id").GetString()!;
        Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "show", one, "--json"])).GetProperty("replayable").GetBoolean().ShouldBeTrue();
        Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "replay", one, "--json"])).GetProperty("verdict").GetString().ShouldBe("accepted");
        Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "show", one, "--json"])).GetProperty("replayable").GetBoolean().ShouldBeFalse();
        var again = await Typed.RunAsAsync(hub.World, account, ["quarantine", "replay", one]);
        (again.Exit, again.Error.Contains("NothingToReplay id: ", StringComparison.Ordinal)).ShouldBe((ExitCodes.Refused, true), again.Error);

        var all = Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "replay", "--all", "--json"])).EnumerateArray().ToList();
        all.Select(r => r.GetProperty("verdict").GetString()).ShouldBe(["accepted", "accepted"]);
        foreach (var question in questions)
            await hub.Asker.AcceptedAsync(question);
        Typed.Json(await Typed.RunAsAsync(hub.World, account, ["quarantine", "replay", "--all", "--json"])).GetArrayLength().ShouldBe(0);

        (await Typed.RunAsAsync(hub.World, account, ["quarantine", "show", Guid.NewGuid().ToString()])).Exit.ShouldBe(ExitCodes.NotThere);
        (await Typed.RunAsAsync(hub.World, account, ["quarantine", "replay"])).Exit.ShouldBe(ExitCodes.NotDone);
        var clerk = await Typed.AccountAsync(hub.World, "monitor", "hub", Roles.Monitor);
        (await Typed.RunAsAsync(hub.World, clerk, ["quarantine", "list"])).Error.ShouldContain("NotAllowed");
    }

    [Fact]
    public async Task Wrong_passwords_and_a_hub_that_is_away_end_every_command_with_the_same_codes()
    {
        await using var hub = await HubWorld.CreateAsync(servers);
        await hub.World.Installation.SaveAsync(HubWorld.Stop);
        string[][] commands = [["quarantine", "list"], ["agreements", "list"], ["agreements", "demand", "330000"]];
        foreach (var words in commands)
        {
            var wrong = await Typed.RunAsAsync(hub.World, ("nobody", "wrong"), words);
            wrong.Exit.ShouldBe(ExitCodes.Refused, $"{string.Join(' ', words)}: {wrong.Error}");
        }
        await hub.World.StopHubAsync(HubWorld.Stop);
        foreach (var words in commands)
            (await Typed.RunAsAsync(hub.World, ("nobody", "wrong"), words)).Exit.ShouldBe(ExitCodes.ServerFault, string.Join(' ', words));
    }

    static Incoming MessageOf(WireCounty county, Header header) => Incoming.Read(county.Seal(header), new(BrokerNames.RoutingKey(header.Kind, 1, header.From), header.From,
        header.MessageId.ToString(), header.ExchangeId.ToString(), Kinds.TypeOf(header.Kind, 1), "application/json", 2, null, []));
}
