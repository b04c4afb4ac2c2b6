using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Enrolment;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Members;
using ExchangeHub.Web.Accounts;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task One_form_that_comes_many_times_at_once_asks_once()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 1)); // from here on nobody waits for a key
        foreach (var number in Enumerable.Range(2, 4))
        {
            var form = CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, number), Guid.NewGuid());
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => asker.PostAsync("requests", form)));
            answers.Count(a => a.Status == HttpStatusCode.Accepted).ShouldBe(1);
            answers.Where(a => a.Status != HttpStatusCode.Accepted).ShouldAllBe(a => a.Code == RefusalCodes.ExchangeExists);
        }
        await world.QuietAsync(cancel: Cancel);

        await using var database = Npgsql.NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.NodeDatabase));
        await using var sent = database.CreateCommand("select count(*) from node.outgoing");
        (await sent.ExecuteScalarAsync(Cancel)).ShouldBe(5L);
        var rows = (await asker.GetAsync("worklist?due=awaited")).Body.GetProperty("rows");
        rows.EnumerateArray().Select(r => Text(r, "phase")).ShouldBe(Enumerable.Repeat("Open", 5));
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
        (Text(exchange, "phase"), Text(exchange, "outcome"), Text(exchange, "outcomeReason")).ShouldBe(("Answered", "PersonNotFound", "NoRecord"));
        Text(await asker.RevealAsync(id, "核对"), "answerNote").ShouldBe("查无此证");
        seen.GetProperty("timeline").EnumerateArray().Select(t => Text(t, "what")).ShouldBe(["Asked", "Delivered", "Acknowledged", "Answered"]);
    }

    [Fact]
    public async Task A_day_that_differs_is_told_beside_the_match_that_the_register_gives()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver, Roles.Integrator);
        await receiver.PostTextAsync("register", InventedPerson.RegisterFile(Receiver, 1, 1), "text/csv");
        var person = InventedPerson.Of(Receiver, 1);
        var id = await asker.AskAsync(Receiver, person with { IssuedOn = person.IssuedOn.AddDays(1) });
        await world.QuietAsync(cancel: Cancel);

        var seen = await asker.ExchangeAsync(id);
        var exchange = seen.GetProperty("exchange");
        (Text(exchange, "outcome"), exchange.GetProperty("automatic").GetBoolean(), Text(exchange, "outcomeReason")).ShouldBe(("Match", true, null));
        (Text(seen.GetProperty("answers"), "issuedOn"), Text(seen.GetProperty("answers"), "holderId")).ShouldBe(("different", "same"));
    }

    [Fact]
    public async Task Notes_are_told_to_nobody_who_gave_no_reason_and_the_reason_is_written_down()
    {
        const string theirs = "请核对王小明的证件", ours = "王小明已迁往外县";
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = Guid.NewGuid();
        await asker.PostAsync("requests", CountyAtNode.RequestTo(Receiver, InventedPerson.Of(Receiver, 5), id, theirs));
        await world.QuietAsync(cancel: Cancel);
        await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "MovedOn", reasonCode = "LeftCounty", note = ours });
        await world.QuietAsync(cancel: Cancel);

        foreach (var county in new[] { asker, receiver })
        {
            var masked = (await county.GetAsync($"exchanges/{id}")).Body;
            masked.GetProperty("hasNotes").GetBoolean().ShouldBeTrue();
            Strings(masked).ShouldNotContain(s => s.Contains("王小明", StringComparison.Ordinal));
            var full = await county.RevealAsync(id, "与纸质档案核对");
            Strings(full).Count(s => s == theirs).ShouldBe(2); // beside the question and in the timeline
            Strings(full).Count(s => s == ours).ShouldBeGreaterThanOrEqualTo(2);
        }
        await using var database = Npgsql.NpgsqlDataSource.Create(servers.Addresses.Database(world.Installation.NodeDatabase));
        await using var audit = database.CreateCommand("select count(*) from people.audit where action = 'reveal' and subject = $1 and reason = '与纸质档案核对'");
        audit.Parameters.Add(new() { Value = id.ToString() });
        (await audit.ExecuteScalarAsync(Cancel)).ShouldBe(2L);
    }

    [Fact]
    public async Task A_question_sent_back_is_at_its_end_on_both_sides_with_its_reason_and_the_county_to_ask_instead()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 6));
        await world.QuietAsync(cancel: Cancel);

        var own = await receiver.PostAsync($"exchanges/{id}/return", new { reasonCode = "NotOurs", suggestedTo = Receiver });
        (own.Status, own.Code, own.Field).ShouldBe((HttpStatusCode.BadRequest, "MemberInvalid", "/header/suggestedTo"));
        (await receiver.PostAsync($"exchanges/{id}/return", new { reasonCode = "NotOurs", suggestedTo = Stranger, note = "人在宜都" })).Status.ShouldBe(HttpStatusCode.Accepted);
        (await receiver.OwedAsync()).ShouldBe(0);
        await world.QuietAsync(cancel: Cancel);

        foreach (var county in new[] { asker, receiver })
        {
            var exchange = (await county.ExchangeAsync(id)).GetProperty("exchange");
            (Text(exchange, "phase"), Text(exchange, "endReason"), Text(exchange, "suggestedTo")).ShouldBe(("Returned", "NotOurs", Stranger));
        }
        var late = await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "Match" });
        (late.Status, late.Code).ShouldBe((HttpStatusCode.Conflict, "PhaseNotAllowed"));
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
    public async Task A_county_s_keys_are_renewed_while_its_node_works_on()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        var open = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 5));
        await world.QuietAsync(cancel: Cancel);
        await world.AdvanceToAsync(world.Clocks.Now.AddMinutes(1), Cancel);
        foreach (var county in new[] { Asker, Receiver })
            await NodeSteps.RenewAsync(world.Installation.CountiesFolder, county, world.Clocks, Cancel);
        (await world.Steps.SignAsync(await world.OperatorTokenAsync(Cancel), Cancel)).ShouldAllBe(s => s.Outcome == ExchangeHub.Client.Registry.EnrolmentFailure.None);

        (await receiver.PostAsync($"exchanges/{open}/reply", new { outcome = "NotResident", reasonCode = "RegisteredElsewhere" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        var counties = world.Node.Services.GetRequiredService<HostedCounties>();
        await Task.WhenAll(counties.All.Select(c => c.Member.RefreshRegistryAsync(Cancel)));
        foreach (var county in counties.All)
            (await county.Member.StateAsync(Cancel)).SealingStopped.ShouldBeNull(county.Code);
        var afterwards = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 6));
        await world.QuietAsync(cancel: Cancel);
        (Text((await asker.ExchangeAsync(open)).GetProperty("exchange"), "phase"), Text((await receiver.ExchangeAsync(afterwards)).GetProperty("exchange"), "phase"))
            .ShouldBe(("Answered", "Open"));
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

    /// <summary>Every text of an answer, wherever it stands.</summary>
    static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => Strings(m.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        _ => [],
    };

    static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
