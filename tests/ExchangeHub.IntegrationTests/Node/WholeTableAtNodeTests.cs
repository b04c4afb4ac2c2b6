using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.IntegrationTests.Cli;
using ExchangeHub.Web.Texts;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>The whole table of (phase, kind, party), at the node's HTTP interface and as commands are typed.</summary>
public sealed class WholeTableAtNodeTests(LivesAtNode lives) : IClassFixture<LivesAtNode>
{
    // A stranger's opening under somebody else's id is nothing the stranger's node can know: the hub refuses it.
    static readonly IReadOnlyList<LifeTable.Cell> cells = [.. LifeTable.NotAllowed.Where(c => !(c.Opens && c.Party == LifeTable.Stranger))];

    [Theory(Timeout = LivesAtNode.WalkMax), InlineData("zh-CN"), InlineData("en")]
    public async Task At_the_interface_each_gets_its_code_field_and_message_and_nothing_is_stored(string language)
    {
        var before = await lives.StandAsync();
        var walked = 0;
        await Parallel.ForEachAsync(cells, LivesAtNode.Eight(TestContext.Current.CancellationToken), async (cell, _) =>
        {
            var (path, _, body) = lives.Say(cell);
            var answer = await lives.At(cell.Party).PostAsync(path, body, language);
            var expected = cell.Refusals[0];
            answer.Status.ShouldBe(cell.Party == LifeTable.Stranger ? HttpStatusCode.NotFound : HttpStatusCode.Conflict, cell.ToString());
            (answer.Code, answer.Field, answer.Title).ShouldBe((expected.Code, expected.Field, TextOf(expected.Code, language)), cell.ToString());
            Interlocked.Increment(ref walked);
        });
        walked.ShouldBe(972);
        (await lives.StandAsync()).ShouldBe(before);
    }

    [Fact(Timeout = LivesAtNode.WalkMax)]
    public async Task As_commands_each_gets_its_code_field_message_and_exit_code_in_words_and_as_json()
    {
        var before = await lives.StandAsync();
        var walked = 0;
        await Parallel.ForEachAsync(cells, LivesAtNode.Eight(TestContext.Current.CancellationToken), async (cell, _) =>
        {
            var (_, words, body) = lives.Say(cell);
            var expected = cell.Refusals[0];
            var exit = cell.Party == LifeTable.Stranger ? ExitCodes.NotThere : ExitCodes.Refused;

            var read = await lives.TypeAsync(cell.Party, words, body, "en_US.UTF-8");
            (read.Exit, read.Output, read.Error).ShouldBe((exit, "", $"{expected.Code} {expected.Field}: {TextOf(expected.Code, "en")}\n"), cell.ToString());

            var parsed = await lives.TypeAsync(cell.Party, [.. words, "--json"], body, "");
            (parsed.Exit, parsed.Output).ShouldBe((exit, ""), cell.ToString());
            var fault = JsonDocument.Parse(parsed.Error).RootElement.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
            (fault.GetProperty("code").GetString(), fault.GetProperty("field").GetString(), fault.GetProperty("text").GetString())
                .ShouldBe((expected.Code, expected.Field, TextOf(expected.Code, "zh-CN")), cell.ToString());
            Interlocked.Increment(ref walked);
        });
        walked.ShouldBe(972);
        (await lives.StandAsync()).ShouldBe(before);
    }

    [Fact(Timeout = LivesAtNode.WalkMax)]
    public async Task A_strangers_opening_under_an_id_in_use_is_refused_by_the_hub_and_the_strangers_node_shows_why()
    {
        var stranger = lives.At(LivesAtNode.Intruder);
        var opened = new ConcurrentBag<Guid>();
        await Parallel.ForEachAsync(LifeTable.NotAllowed.Where(c => c.Opens && c.Party == LifeTable.Stranger).GroupBy(c => (c.Opening, c.Phase)), LivesAtNode.Eight(TestContext.Current.CancellationToken), async (group, _) =>
        {
            var (path, _, body) = lives.Say(group.First());
            var answer = await stranger.PostAsync(path, body);
            answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
            opened.Add(answer.Body.GetProperty("exchangeId").GetGuid());
        });
        opened.Count.ShouldBe(24);
        await lives.World.QuietAsync(cancel: TestContext.Current.CancellationToken);
        foreach (var id in opened)
        {
            var exchange = (await stranger.ExchangeAsync(id)).GetProperty("exchange");
            exchange.GetProperty("phase").GetString().ShouldBe("Refused");
            exchange.GetProperty("refused").GetProperty("codes").EnumerateArray().Select(c => c.GetString()).ShouldBe([RefusalCodes.ExchangeUnknown]);
            exchange.GetProperty("refused").GetProperty("fields").EnumerateArray().Select(c => c.GetString()).ShouldBe(["/header/exchangeId"]);
        }
    }

    static string TextOf(string code, string language) => Text.Resources.GetString($"Refusal.{code}", CultureInfo.GetCultureInfo(language)).ShouldNotBeNull(code);
}
