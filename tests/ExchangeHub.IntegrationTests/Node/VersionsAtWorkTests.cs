using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Members;
using ExchangeHub.Contracts;
using ExchangeHub.Node.Members;
using Microsoft.Extensions.DependencyInjection;
using Incoming = ExchangeHub.Client.Members.Incoming;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>Two versions of a kind beside each other: counties at nodes that take both, and one whose program knows the first alone.</summary>
public sealed class VersionsAtWorkTests(TestServers servers)
{
    const string A = "330106", B = "510104", Third = "420581", Day = "2025-09-01", FirstVersion = "assistance-check-request.v1", SecondVersion = "assistance-check-request.v2";

    static readonly string[] ofTheFirstDay = [.. Kinds.Submitted.Keys.Select(k => Kinds.TypeOf(k, 1))];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static object Check(InventedPerson about, string? stateOn = null, string[]? items = null, string to = B) =>
        new { to, personName = about.HolderName, personId = about.HolderId, items = items ?? ["identity"], purpose = "RecordCheck", legalBasis = "Agreement", stateOn };

    static async Task<Guid> AskAsync(CountyAtNode asker, object check)
    {
        var sent = await asker.PostAsync("checks", check);
        sent.Status.ShouldBe(HttpStatusCode.Accepted, sent.Text);
        return sent.Body.GetProperty("exchangeId").GetGuid();
    }

    static (string? Phase, int Version, string? StateOn) Seen(JsonElement detail) => (detail.GetProperty("exchange").GetProperty("phase").GetString(),
        detail.GetProperty("exchange").GetProperty("version").GetInt32(), detail.GetProperty("stateOn").GetString());

    static Member MemberOf(World world, string county) => world.Node.Services.GetRequiredService<HostedCounties>().Find(county)!.Member;

    /// <summary>The county says what it takes, and every other one at the node has heard of it.</summary>
    static async Task SayAsync(World world, Member who, string[] takes, params string[] hearers)
    {
        await who.Api.PutTakesAsync(takes, Cancel);
        foreach (var hearer in hearers.Select(h => MemberOf(world, h)))
            await hearer.WhenAsync(_ => hearer.Directory?.Find(who.Party)?.Takes.Order().SequenceEqual(takes.Order()) == true, Cancel);
    }

    /// <summary>A county at the node, and another whose own program is of the first release: it takes version 1 of all, and sends no other.</summary>
    sealed class OldAndNew(World world, CountyAtNode node, County old, string folder) : IAsyncDisposable
    {
        readonly IAsyncEnumerator<Incoming> inbox = old.ReceiveAsync(Cancel).GetAsyncEnumerator(Cancel);

        public CountyAtNode Node => node;
        public County Old => old;

        public static async Task<OldAndNew> StartAsync(TestServers servers)
        {
            var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [A, B], StartNode = false }, Cancel);
            var folder = Directory.CreateTempSubdirectory("exchangehub-old-").FullName;
            Directory.Move(Path.Combine(world.Installation.CountiesFolder, B), Path.Combine(folder, B));
            await world.StartNodeAsync(Cancel);
            var old = await County.OpenAsync(Path.Combine(folder, B), world.Clocks, ct: Cancel);
            await MemberOf(world, A).WhenReadyAsync(Cancel);
            await SayAsync(world, old.Member, ofTheFirstDay, A);
            return new(world, await CountyAtNode.SignInAsync(world, A), old, folder);
        }

        public async Task<Incoming.Message> NextMessageAsync()
        {
            while (await inbox.MoveNextAsync())
                if (inbox.Current is Incoming.Message message)
                    return message;
            throw new InvalidOperationException("Nothing comes any more.");
        }

        public Task QuietAsync() => world.QuietAsync(of: [A], cancel: Cancel);

        public async ValueTask DisposeAsync()
        {
            await inbox.DisposeAsync();
            await old.DisposeAsync();
            node.Dispose();
            await world.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_county_of_the_first_version_is_asked_in_it_and_answers()
    {
        await using var offices = await OldAndNew.StartAsync(servers);
        var id = await AskAsync(offices.Node, Check(InventedPerson.Of(B, 1)));
        var question = await offices.NextMessageAsync();
        (question.Header.ExchangeId, question.Header.Version).ShouldBe((id, 1));
        using (var content = JsonDocument.Parse(question.Content))
            content.RootElement.EnumerateObject().Select(m => m.Name).ShouldBe(["personName", "personId", "items", "purpose", "legalBasis"]);
        var reply = await offices.Old.ReplyAsync(question, Outcomes.Match, new(new Dictionary<string, string> { ["identity"] = FieldMatch.Same }), ct: Cancel);
        await offices.Old.ReceiptAsync(reply, Cancel);
        await offices.QuietAsync();
        Seen(await offices.Node.ExchangeAsync(id)).ShouldBe(("Answered", 1, null));
    }

    [Fact]
    public async Task What_the_first_version_cannot_say_is_not_sent_to_a_county_that_takes_no_other_and_the_field_is_named()
    {
        await using var offices = await OldAndNew.StartAsync(servers);
        var refused = await offices.Node.PostAsync("checks", Check(InventedPerson.Of(B, 1), Day));
        (refused.Status, refused.Code, refused.Field).ShouldBe((HttpStatusCode.BadRequest, RefusalCodes.VersionNotTaken, "/content/stateOn"));
        (await offices.Node.GetAsync("outgoing")).Body.GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await offices.Node.GetAsync("worklist?due=awaited")).Body.GetProperty("rows").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_question_of_the_first_version_is_shown_and_answered_where_both_are_taken()
    {
        await using var offices = await OldAndNew.StartAsync(servers);
        var person = InventedPerson.Of(A, 1);
        var check = new AssistanceCheckRequest(person.HolderName, person.HolderId, ["identity", "contact"], "RecordCheck", "Agreement", Phone: "00000000000");
        var header = offices.Old.Member.NewHeader(Kinds.AssistanceCheckRequest, A) with { Version = 1 };
        await offices.Old.Member.SendAsync(header, Contents.Write(check, 1), Cancel);
        (await offices.Old.ReceiptAsync(header, Cancel)).ShouldBeOfType<AcceptedStatement>().Version.ShouldBe(1);
        await offices.QuietAsync();
        var shown = await offices.Node.RevealAsync(header.ExchangeId, "核对");
        Seen(shown).ShouldBe(("Open", 1, null));
        shown.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("asked").GetString()).ShouldBe([$"{person.HolderName} {person.HolderId}", "00000000000"]);
        var reply = await offices.Node.PostAsync($"exchanges/{header.ExchangeId}/reply", new { outcome = "PersonNotFound", reasonCode = "NoRecord" });
        reply.Status.ShouldBe(HttpStatusCode.Accepted, reply.Text);
        (await offices.NextMessageAsync()).Header.Outcome.ShouldBe(Outcomes.PersonNotFound);
    }

    [Fact]
    public async Task A_county_that_takes_the_second_version_from_now_on_is_asked_in_it_at_once_and_its_first_version_still_holds()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [A, B] }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, A);
        using var receiver = await CountyAtNode.SignInAsync(world, B);
        var person = InventedPerson.Of(B, 1);
        await SayAsync(world, MemberOf(world, B), ofTheFirstDay, A);
        var before = await AskAsync(asker, Check(person));
        await SayAsync(world, MemberOf(world, B), [.. ofTheFirstDay, SecondVersion], A);
        var after = await AskAsync(asker, Check(person, Day));
        await world.QuietAsync(cancel: Cancel);
        foreach (var side in new[] { asker, receiver })
        {
            Seen(await side.ExchangeAsync(before)).ShouldBe(("Open", 1, null));
            Seen(await side.ExchangeAsync(after)).ShouldBe(("Open", 2, Day));
        }
        // What follows is the same after both.
        foreach (var id in new[] { before, after })
            (await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "Match" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        Seen(await asker.ExchangeAsync(before)).ShouldBe(("Answered", 1, null));
        Seen(await asker.ExchangeAsync(after)).ShouldBe(("Answered", 2, Day));
    }

    [Fact]
    public async Task A_check_of_an_earlier_day_is_a_clerk_s_though_the_register_knows_the_person_and_confirms_no_record_of_today()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Counties = [A, B] }, Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, A);
        using var receiver = await CountyAtNode.SignInAsync(world, B);
        var person = InventedPerson.Of(B, 1);
        await world.ImportRegisterAsync(B, InventedPerson.RegisterFile(B, 1, 1), Cancel);
        (await asker.PostAsync("movements", new { direction = "in", personName = person.HolderName, personId = person.HolderId, counterpart = B, movedOn = "2026-01-20" })).Status.ShouldBe(HttpStatusCode.NoContent);
        await SayAsync(world, MemberOf(world, B), [.. ofTheFirstDay, SecondVersion], A);

        var ofADay = await AskAsync(asker, Check(person, Day));
        await world.QuietAsync(cancel: Cancel);
        var owed = await receiver.RevealAsync(ofADay, "核对");
        Seen(owed).ShouldBe(("Open", 2, Day));
        owed.GetProperty("rows").EnumerateArray().Single().ShouldSatisfyAllConditions(
            r => r.GetProperty("register").GetString().ShouldBe(r.GetProperty("asked").GetString()), r => r.GetProperty("match").GetString().ShouldBe("notAnswered"));
        (await receiver.PostAsync($"exchanges/{ofADay}/reply", new { outcome = "Match", fields = new { identity = "same" } })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        Seen(await asker.ExchangeAsync(ofADay)).ShouldBe(("Answered", 2, Day));
        (await OneSidedAsync()).ShouldBe(1);

        var ofToday = await AskAsync(asker, Check(person));
        await world.QuietAsync(cancel: Cancel);
        var answered = await asker.ExchangeAsync(ofToday);
        Seen(answered).ShouldBe(("Answered", 2, null));
        answered.GetProperty("exchange").GetProperty("automatic").GetBoolean().ShouldBeTrue();
        (await OneSidedAsync()).ShouldBe(0);

        async Task<int> OneSidedAsync() => (await asker.GetAsync("one-sided")).Body.GetProperty("rows").GetArrayLength();
    }

    [Fact]
    public async Task A_returned_check_of_a_day_is_not_asked_again_of_a_county_that_would_not_see_the_day()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, A);
        using var receiver = await CountyAtNode.SignInAsync(world, B);
        await SayAsync(world, MemberOf(world, B), [FirstVersion, SecondVersion], A);
        await SayAsync(world, MemberOf(world, Third), ofTheFirstDay, A);
        var id = await AskAsync(asker, Check(InventedPerson.Of(B, 1), Day));
        await world.QuietAsync(cancel: Cancel);
        (await receiver.PostAsync($"exchanges/{id}/return", new { reasonCode = "NotOurs", suggestedTo = Third })).Status.ShouldBe(HttpStatusCode.Accepted);
        await world.QuietAsync(cancel: Cancel);
        var refused = await asker.PostAsync($"exchanges/{id}/resend", new { });
        (refused.Code, refused.Field).ShouldBe((RefusalCodes.VersionNotTaken, "/content/stateOn"));
        await SayAsync(world, MemberOf(world, Third), [.. ofTheFirstDay, SecondVersion], A);
        var resent = await asker.PostAsync($"exchanges/{id}/resend", new { });
        resent.Status.ShouldBe(HttpStatusCode.Accepted, resent.Text);
        await world.QuietAsync(cancel: Cancel);
        Seen(await asker.ExchangeAsync(resent.Body.GetProperty("exchangeId").GetGuid())).ShouldBe(("Open", 2, Day));
    }
}
