using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Testing;
using Shouldly;

namespace ExchangeHub.IntegrationTests.Scenarios;

/// <summary>Every scenario that ships, each in its own world on one pair of servers. The large and the small ones are played beside each other.</summary>
static class Shipped
{
    /// <summary>Exchanges of a month's scenario; a story has a handful.</summary>
    const int Many = 100;

    public static TheoryData<string> Scenarios(bool large) =>
        [.. Directory.GetFiles(ShippedFiles.PathOf("scenarios"), "*.json").Where(f => !f.EndsWith(".schema.json", StringComparison.Ordinal))
            .Select(f => ScenarioFile.Parse(File.ReadAllText(f))).Where(s => s.Steps.OfType<AskStep>().Sum(a => a.Count) >= Many == large).Select(s => s.Name)];

    public static async Task PlayAsync(TestServers servers, string name)
    {
        var scenario = await ScenarioFile.ReadAsync(ShippedFiles.PathOf($"scenarios/{name}.json"), TestContext.Current.CancellationToken);
        var result = await ScenarioRun.RunAsync(servers.Addresses, scenario, cancel: TestContext.Current.CancellationToken);
        result.Failure.ShouldBeNull();
        result.Figures.Count.ShouldBe(scenario.Expect.Count);
        result.Figures.Where(f => !f.Agrees).ShouldBeEmpty();
        result.Exchanges.Count.ShouldBe(scenario.Exchanges.Count);
        result.Exchanges.Where(e => !e.Agrees).ShouldBeEmpty();
        result.Reports.Count.ShouldBe(scenario.Reports.Count);
        result.Reports.Where(r => !r.Agrees).ShouldBeEmpty();
    }
}

public sealed class MonthScenarioTests(TestServers servers)
{
    public static TheoryData<string> Large => Shipped.Scenarios(large: true);

    [Theory]
    [MemberData(nameof(Large))]
    public Task The_hub_gives_the_figures_of_a_month_that_the_scenario_expects(string name) => Shipped.PlayAsync(servers, name);
}

public sealed class StoryScenarioTests(TestServers servers)
{
    public static TheoryData<string> Small => Shipped.Scenarios(large: false);

    [Theory]
    [MemberData(nameof(Small))]
    public Task The_hub_gives_the_figures_and_timelines_that_the_scenario_expects(string name) => Shipped.PlayAsync(servers, name);
}

/// <summary>A scenario that does not come out as written says so.</summary>
public sealed class WrongScenarioTests(TestServers servers)
{
    [Fact]
    public async Task A_wrong_expectation_is_seen()
    {
        var scenario = ScenarioFile.Parse("""
            {
              "name": "wrong", "about": "One question, expected answered.", "startAt": "2026-02-02T08:00", "counties": ["330106", "420581"],
              "steps": [{ "do": "ask", "at": "2026-02-02T09:00", "from": "330106", "to": "420581", "as": "asked" }],
              "expect": [
                { "indicator": "feedback_rate", "county": "420581", "month": "2026-02", "numerator": 1, "denominator": 1, "text": "100.00" },
                { "indicator": "received", "county": "420581", "month": "2026-02", "numerator": 1 }
              ],
              "exchanges": [
                { "of": "asked", "phase": "Answered", "dueOn": "2026-02-11", "facts": ["opened", "answered Match"] },
                { "of": "asked", "phase": "Open", "dueOn": "2026-02-11", "facts": ["opened"] }
              ]
            }
            """);
        var result = await ScenarioRun.RunAsync(servers.Addresses, scenario, cancel: TestContext.Current.CancellationToken);
        result.Agrees.ShouldBeFalse();
        result.Figures.Select(f => f.Agrees).ShouldBe([false, true]);
        result.Figures[0].Actual.ShouldBe(new GivenFigure(0, 1, "0.00"));
        result.Exchanges.Select(e => e.Agrees).ShouldBe([false, true]);
        result.Exchanges[0].Actual.ToString().ShouldBe("Open 2026-02-11: opened");
    }

    [Theory]
    [InlineData("2026-02-05T17:00", ", \"refused\": \"WindowOver\"", "/steps/2: was to be refused with WindowOver and was taken")]
    [InlineData("2026-02-06T00:00", "", "/steps/2: was to be taken and was refused with WindowOver")]
    public async Task A_step_that_is_taken_or_refused_otherwise_than_written_is_named(string at, string refused, string said)
    {
        var scenario = ScenarioFile.Parse($$"""
            {
              "name": "wrong", "about": "A return is contested.", "startAt": "2026-02-02T08:00", "counties": ["330106", "420581"],
              "steps": [
                { "do": "ask", "at": "2026-02-02T09:00", "from": "330106", "to": "420581", "as": "asked" },
                { "do": "return", "at": "2026-02-03T09:00", "of": "asked", "reason": "NotOurs" },
                { "do": "contest", "at": "{{at}}", "of": "asked", "reason": "OnYourRegister"{{refused}} }
              ],
              "expect": [{ "indicator": "received", "county": "420581", "month": "2026-02", "numerator": 1 }]
            }
            """);
        var result = await ScenarioRun.RunAsync(servers.Addresses, scenario, cancel: TestContext.Current.CancellationToken);
        result.Agrees.ShouldBeFalse();
        result.Failure.ShouldBe(said);
    }
}
