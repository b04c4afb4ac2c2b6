using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Web.Accounts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>Counties at one node, a real hub, broker and database; everything through the HTTP interface.</summary>
public sealed class NodeAtWorkTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104", Stranger = "420581";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_register_holds_exactly_is_answered_without_a_person()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver, Roles.Integrator);
        var import = await receiver.PostTextAsync("register", InventedPerson.RegisterFile(Receiver, 1, 3), "text/csv");
        import.Body.GetProperty("stored").GetInt32().ShouldBe(3, import.Text);

        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 2));
        await world.QuietAsync(cancel: Cancel);

        var seen = await asker.ExchangeAsync(id);
        var exchange = seen.GetProperty("exchange");
        (Text(exchange, "phase"), Text(exchange, "outcome"), exchange.GetProperty("automatic").GetBoolean()).ShouldBe(("Answered", "Match", true));
        seen.GetProperty("answers").EnumerateObject().ToDictionary(a => a.Name, a => a.Value.GetString()).ShouldBe(new Dictionary<string, string?>
        {
            ["certificateType"] = "same",
            ["certificateNumber"] = "same",
            ["holderName"] = "same",
            ["holderId"] = "same",
            ["issuedOn"] = "same",
            ["validUntil"] = "notAnswered",
        }, ignoreOrder: true);
        (await receiver.OwedAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_clerks_answer_is_on_the_askers_screen_with_its_reason()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 7));
        await world.QuietAsync(cancel: Cancel);

        var work = (await receiver.GetAsync("worklist?due=later")).Body.GetProperty("rows").EnumerateArray().Single();
        work.GetProperty("exchangeId").GetGuid().ShouldBe(id);
        Text(work, "holderNameMasked")!.ShouldEndWith("*");
        Text(await receiver.ExchangeAsync(id), "suggestedOutcome").ShouldBe("PersonNotFound");

        (await receiver.PostAsync($"exchanges/{id}/acknowledgement", new { })).Status.ShouldBe(HttpStatusCode.Accepted);
        var reply = await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "PersonNotFound", reasonCode = "NoRecord", note = "查无此证" });
        reply.Status.ShouldBe(HttpStatusCode.Accepted, reply.Text);
        (await receiver.OwedAsync()).ShouldBe(0);
        await world.QuietAsync(cancel: Cancel);

        var seen = await asker.ExchangeAsync(id);
        var exchange = seen.GetProperty("exchange");
        (Text(exchange, "phase"), Text(exchange, "outcome"), Text(exchange, "outcomeReason"), Text(seen, "answerNote"))
            .ShouldBe(("Answered", "PersonNotFound", "NoRecord", "查无此证"));
        seen.GetProperty("timeline").EnumerateArray().Select(t => Text(t, "what")).ShouldBe(["Asked", "Delivered", "Acknowledged", "Answered"]);
    }

    [Fact]
    public async Task Work_goes_on_while_the_hub_is_down_and_both_sides_agree_afterwards()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var contested = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1));
        await world.QuietAsync(cancel: Cancel);
        await world.StopHubAsync(Cancel);

        (await receiver.PostAsync($"exchanges/{contested}/reply", new { outcome = "NotResident", reasonCode = "RegisteredElsewhere" })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await asker.PostAsync($"exchanges/{contested}/withdrawal", new { reasonCode = "SentInError" })).Status.ShouldBe(HttpStatusCode.Accepted);
        var again = await asker.PostAsync($"exchanges/{contested}/withdrawal", new { });
        (again.Status, again.Code).ShouldBe((HttpStatusCode.Conflict, "AwaitingReceipt"));
        var written = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 2));
        (await asker.GetAsync("outgoing?waiting=true")).Body.GetProperty("rows").GetArrayLength().ShouldBe(2);

        await world.StopNodeAsync(Cancel);
        await world.StartNodeAsync(Cancel);
        await world.StartHubAsync(Cancel);
        await world.QuietAsync(cancel: Cancel);

        var (atAsker, atReceiver) = ((await asker.ExchangeAsync(contested)).GetProperty("exchange"), (await receiver.ExchangeAsync(contested)).GetProperty("exchange"));
        Text(atAsker, "phase").ShouldBe(Text(atReceiver, "phase"));
        new[] { atAsker, atReceiver }.Count(e => e.TryGetProperty("refused", out var r) && r.ValueKind == JsonValueKind.Object
            && r.GetProperty("codes")[0].GetString() == "PhaseNotAllowed").ShouldBe(1);
        Text((await receiver.ExchangeAsync(written)).GetProperty("exchange"), "phase").ShouldBe("Open");
    }

    [Fact]
    public async Task A_county_gets_nothing_of_another_countys_over_the_interface()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var stranger = await CountyAtNode.SignInAsync(world, Stranger);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 3));
        await world.QuietAsync(cancel: Cancel);

        var unknown = await stranger.GetAsync($"exchanges/{Guid.NewGuid()}");
        var foreign = await stranger.GetAsync($"exchanges/{id}");
        (foreign.Status, foreign.Code).ShouldBe((HttpStatusCode.NotFound, unknown.Code));
        foreign.Text.Length.ShouldBe(unknown.Text.Length);
        foreach (var (action, body) in new (string, object)[]
        {
            ("acknowledgement", new { }), ("reply", new { outcome = "Match" }), ("return", new { reasonCode = "NotOurs" }), ("withdrawal", new { }),
            ("reveals", new { reason = "核对" }),
        })
            (await stranger.PostAsync($"exchanges/{id}/{action}", body)).Status.ShouldBe(HttpStatusCode.NotFound, action);
        (await stranger.OwedAsync()).ShouldBe(0);
        (await stranger.GetAsync("outgoing")).Body.GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await stranger.GetAsync("worklist?due=awaited")).Body.GetProperty("rows").GetArrayLength().ShouldBe(0);
        using var nobody = new HttpClient { BaseAddress = world.Installation.NodeUrl };
        (await nobody.GetAsync(new Uri($"api/v1/exchanges/{id}", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Bad_input_over_the_interface_is_named_by_code_and_field()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        var broken = await asker.PostTextAsync("requests", "{\"to\":", "application/json");
        (broken.Status, broken.Code).ShouldBe((HttpStatusCode.BadRequest, "BodyMalformed"));
        var wrongType = await asker.PostTextAsync("requests", "{\"test\":\"yes\"}", "application/json");
        (wrongType.Code, wrongType.Field).ShouldBe(("BodyMalformed", "/test"));
        var empty = await asker.PostAsync("requests", new { to = Receiver });
        empty.Status.ShouldBe(HttpStatusCode.BadRequest);
        empty.Body.GetProperty("errors").EnumerateArray().Select(e => Text(e, "field")).ShouldBe(
            ["/content/certificateType", "/content/certificateNumber", "/content/holderName", "/content/holderId", "/content/purpose", "/content/legalBasis"]);
        var nowhere = await asker.PostAsync("requests", CountyAtNode.RequestTo("999999", InventedPerson.Of(Receiver, 1)));
        (nowhere.Code, nowhere.Field).ShouldBe(("ReceiverUnknown", "/header/to"));
        var list = await asker.GetAsync("worklist?due=someday");
        (list.Status, list.Code, list.Field).ShouldBe((HttpStatusCode.BadRequest, "MemberInvalid", "due"));
        (await asker.PostTextAsync("register", "", "text/csv")).Code.ShouldBe("FileNotReadable");

        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 4));
        await world.QuietAsync(cancel: Cancel);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var noReason = await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "CannotVerify" });
        (noReason.Code, noReason.Field).ShouldBe(("MemberMissing", "/header/reasonCode"));
        var notTheirs = await asker.PostAsync($"exchanges/{id}/reply", new { outcome = "Match" });
        (notTheirs.Status, notTheirs.Code).ShouldBe((HttpStatusCode.Conflict, "PhaseNotAllowed"));
    }

    static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
