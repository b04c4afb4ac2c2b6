using System.Globalization;
using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Cli;
using ExchangeHub.IntegrationTests.Hub;
using ExchangeHub.Node.Members;
using ExchangeHub.Web.Accounts;
using ExchangeHub.Web.Texts;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>One step past a bound, at the node's interface and as commands are typed, in both languages.</summary>
public sealed class BoundsAtNodeTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104", Agreed = "420581", Ended = "340221";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = LivesAtNode.WalkMax)]
    public async Task One_step_past_a_bound_is_refused_with_code_field_and_text_at_the_interface_as_a_command_and_where_only_the_hub_knows_with_the_message()
    {
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "bounds", Counties = [Asker, Receiver, Agreed, Ended] }, TestContext.Current.CancellationToken);
        await world.Installation.SaveAsync(Cancel);
        var typists = new Dictionary<string, (string, string)>();
        foreach (var county in new[] { Asker, Receiver })
            typists[county] = await Typed.AccountAsync(world, "typist-" + county, "node", Roles.Clerk, "--county", county);
        var person = InventedPerson.Of(Receiver, 1);
        var day = await SignInAsync();
        var (disputed, extended, returned) = (await OpenAsync(Asker, Check(Receiver)), await OpenAsync(Asker, Check(Receiver)), await OpenAsync(Asker, Check(Receiver)));
        var theirs = await OpenAsync(Receiver, Notice(Asker), "notices");
        await world.QuietAsync(cancel: Cancel);
        await DoAsync((Receiver, returned, "return", new { reasonCode = "Insufficient" }), (Receiver, disputed, "reply", new { outcome = "Match" }), (Receiver, extended, "extension", MoreTime));
        var follower = await OpenAsync(Asker, Check(Receiver, follows: returned));
        await DoAsync((Asker, disputed, "dispute", Dispute), (Asker, extended, "extension-decision", new { decision = "denied" }));
        await DoAsync((Receiver, disputed, "reply", new { outcome = "Match" }), (Receiver, extended, "extension", MoreTime));
        await DoAsync((Asker, disputed, "dispute", Dispute), (Asker, extended, "extension-decision", new { decision = "denied" }));
        await DoAsync((Receiver, disputed, "reply", new { outcome = "Match" }));
        await world.AdvanceToAsync(HubWorld.Shanghai(2026, 2, 5, 9), Cancel); // sent back on Monday 2 February
        await DirectoryAsync(world);
        await world.QuietAsync(cancel: Cancel);
        day.Values.ToList().ForEach(d => d.Dispose());
        day = await SignInAsync(); // the days ended the sessions

        var loop = Guid.NewGuid();
        foreach (var (who, path, words, body, code, field) in new (string, string, string[], object, string, string)[]
        {
            (Asker, $"exchanges/{disputed}/dispute", ["dispute", $"{disputed}"], Dispute, "LimitReached", "/header/kind"),
            (Receiver, $"exchanges/{extended}/extension", ["extend", $"{extended}"], MoreTime, "LimitReached", "/header/kind"),
            (Asker, $"exchanges/{extended}/clarification", ["clarify", $"{extended}"], new { note = new string('长', 1_048_576) }, "TooLarge", "/content/note"),
            (Asker, "notices", ["notice"], Notice(Receiver, supersedes: theirs), "ReferenceUnknown", "/header/supersedes"),
            (Asker, "checks", ["check"], Check(Receiver, loop, loop), "MemberInvalid", "/header/follows"),
            (Asker, "checks", ["check"], Check(Receiver, returned, follower), "ExchangeExists", "/header/exchangeId"),
            (Asker, "checks", ["check"], Check(Ended), "ReceiverNotActive", "/header/to"),
        })
            foreach (var language in Languages.All)
            {
                var answer = await day[who].PostAsync(path, body, language);
                answer.Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Conflict);
                (answer.Code, answer.Field, answer.Title).ShouldBe((code, field, TextOf(code, language)), path);
                var typed = await Typed.RunAsAsync(world, typists[who], [.. words, "--file", "-", "--lang", language], JsonSerializer.Serialize(body));
                (typed.Exit, typed.Output, typed.Error).ShouldBe((ExitCodes.Refused, "", $"{code} {field}: {TextOf(code, language)}\n"), path);
            }

        // What the node cannot know is taken, and the hub's refusal stands with the message.
        await DoAsync((Asker, returned, "contest", new { reasonCode = "QuestionSufficient" }));
        var outside = await OpenAsync(Asker, Check(Agreed));
        await world.QuietAsync(cancel: Cancel);
        foreach (var language in Languages.All)
        {
            var sent = (await day[Asker].GetAsync($"outgoing?lang={language}")).Body;
            var listed = Typed.Json(await Typed.RunAsAsync(world, typists[Asker], ["outgoing", "--json", "--lang", language]));
            foreach (var page in new[] { sent, listed })
            {
                Refused(page, returned, Kinds.ReturnContest).ShouldBe((RefusalCodes.WindowOver, "/header/kind", TextOf(RefusalCodes.WindowOver, language)));
                Refused(page, outside, Kinds.AssistanceCheckRequest).ShouldBe((RefusalCodes.OutsideAgreement, "/header/to", TextOf(RefusalCodes.OutsideAgreement, language)));
            }
        }
        day.Values.ToList().ForEach(d => d.Dispose());

        async Task<Dictionary<string, CountyAtNode>> SignInAsync() =>
            new() { [Asker] = await CountyAtNode.SignInAsync(world, Asker), [Receiver] = await CountyAtNode.SignInAsync(world, Receiver) };

        async Task<Guid> OpenAsync(string by, object body, string path = "checks")
        {
            var answer = await day[by].PostAsync(path, body);
            answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
            return answer.Body.GetProperty("exchangeId").GetGuid();
        }

        async Task DoAsync(params (string By, Guid Id, string Action, object Body)[] moves)
        {
            foreach (var (by, id, action, body) in moves)
            {
                var answer = await day[by].PostAsync($"exchanges/{id}/{action}", body);
                answer.Succeeded.ShouldBeTrue(answer.Text);
            }
            await world.QuietAsync(cancel: Cancel);
        }

        object Check(string to, Guid? exchangeId = null, Guid? follows = null) =>
            new { to, exchangeId, follows, personName = person.HolderName, personId = person.HolderId, items = new[] { "identity" }, purpose = "RecordCheck", legalBasis = "Agreement" };

        object Notice(string to, Guid? supersedes = null) =>
            new { kind = Kinds.OutflowNotice, to, supersedes, personName = person.HolderName, personId = person.HolderId, movedOn = "2026-01-20", purpose = "RecordCheck", legalBasis = "Agreement" };
    }

    static readonly object Dispute = new { reasonCode = "Incomplete" };
    static readonly object MoreTime = new { workingDays = 3, reasonCode = "VisitNeeded" };

    /// <summary>An agreement that ended yesterday, where one is demanded, and a county that ended this morning; the node knows of it.</summary>
    static async Task DirectoryAsync(World world)
    {
        var desk = await Typed.AccountAsync(world, "desk", "hub", Roles.Operator);
        var file = Path.Combine(world.Installation.Folder, "agreements.json");
        await File.WriteAllTextAsync(file, $$"""[{"id":"{{Guid.NewGuid()}}","counties":["{{Asker}}","{{Agreed}}"],"startsOn":"2026-01-01","endsOn":"2026-02-04"}]""", Cancel);
        foreach (var words in new string[][]
        {
            ["agreements", "import", file], ["agreements", "demand", "420000"], ["counties", "close", Ended, "--as", CountyStatuses.Merged, "--on", "2026-02-05", "--into", Receiver],
        })
            (await Typed.RunAsAsync(world, desk, words)).ShouldSatisfyAllConditions(r => r.Exit.ShouldBe(ExitCodes.Done, r.Error));
        var member = world.Node.Services.GetRequiredService<HostedCounties>().Find(Asker)!.Member;
        await member.WhenAsync(_ => member.Directory?.EndedBy(Ended, new DateOnly(2026, 2, 5)) is not null, Cancel);
    }

    static (string?, string?, string?) Refused(JsonElement page, Guid exchange, string kind)
    {
        var row = page.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("exchangeId").GetGuid() == exchange && r.GetProperty("kind").GetString() == kind);
        return (Only("codes"), Only("fields"), Only("texts"));

        string? Only(string list) => row.GetProperty(list).EnumerateArray().ShouldHaveSingleItem().GetString();
    }

    static string TextOf(string code, string language) => Text.Resources.GetString($"Refusal.{code}", CultureInfo.GetCultureInfo(language)).ShouldNotBeNull(code);
}
