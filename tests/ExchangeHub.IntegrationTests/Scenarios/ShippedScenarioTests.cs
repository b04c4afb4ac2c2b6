using ExchangeHub.Cli.Scenarios;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Testing;
using Shouldly;

namespace ExchangeHub.IntegrationTests.Scenarios;

/// <summary>Every scenario that ships, each in its own world on one pair of servers.</summary>
public sealed class ShippedScenarioTests(TestServers servers)
{
    public static TheoryData<string> Shipped => [.. Directory.GetFiles(ShippedFiles.PathOf("scenarios"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(n => n != "scenario.schema")];

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task The_hub_gives_the_figures_that_the_scenario_expects(string name)
    {
        var scenario = await ScenarioFile.ReadAsync(ShippedFiles.PathOf($"scenarios/{name}.json"), TestContext.Current.CancellationToken);
        var result = await ScenarioRun.RunAsync(servers.Addresses, scenario, cancel: TestContext.Current.CancellationToken);
        result.Failure.ShouldBeNull();
        result.Figures.Count.ShouldBe(scenario.Expect.Count);
        result.Figures.Where(f => !f.Agrees).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_expectation_is_seen()
    {
        var scenario = ScenarioFile.Parse("""
            {
              "name": "wrong", "about": "One question, expected answered.", "startAt": "2026-02-02T08:00", "counties": ["330106", "420581"],
              "steps": [{ "do": "ask", "at": "2026-02-02T09:00", "from": "330106", "to": "420581" }],
              "expect": [
                { "indicator": "feedback_rate", "county": "420581", "month": "2026-02", "numerator": 1, "denominator": 1, "text": "100.00" },
                { "indicator": "received", "county": "420581", "month": "2026-02", "numerator": 1 }
              ]
            }
            """);
        var result = await ScenarioRun.RunAsync(servers.Addresses, scenario, cancel: TestContext.Current.CancellationToken);
        result.Agrees.ShouldBeFalse();
        result.Figures.Select(f => f.Agrees).ShouldBe([false, true]);
        result.Figures[0].Actual.ShouldBe(new GivenFigure(0, 1, "0.00"));
    }
}
