using System.CommandLine;
using ExchangeHub.Cli.Commands;
using Spectre.Console;

namespace ExchangeHub.Cli.Scenarios;

/// <summary><c>exchangehub scenario FILE…</c></summary>
static class ScenarioCommand
{
    public static Command Create()
    {
        var command = new ExampledCommand("scenario", "Play scenarios on real servers and compare the hub's figures with the expected ones. Exit code 1 on a difference, 2 on a faulty file.",
            "scenario scenarios/county-month.json", "scenario scenarios/*.json --json");
        var files = new Argument<string[]>("file") { Description = "Scenario files, see docs/scenarios.md.", Arity = ArgumentArity.OneOrMore };
        command.Add(files);
        command.OnServers(async (parse, servers, terminal, cancel) =>
        {
            var scenarios = new List<Scenario>();
            foreach (var file in parse.GetValue(files)!.Where(f => !f.EndsWith(".schema.json", StringComparison.Ordinal)))
            {
                try
                {
                    scenarios.Add(await ScenarioFile.ReadAsync(file, cancel));
                }
                catch (ScenarioFileException e)
                {
                    return terminal.Fail($"{file}: {e.Message}", "scenarios/scenario.schema.json and docs/scenarios.md say what is allowed.");
                }
            }
            var results = new List<ScenarioResult>();
            foreach (var scenario in scenarios)
                results.Add(await terminal.ProgressAsync(scenario.Name, progress => ScenarioRun.RunAsync(servers, scenario, progress, cancel)));
            terminal.Show(results, r => ScenarioTable.Of([.. r.SelectMany(one => one.Figures)]));
            foreach (var result in results)
                terminal.Say(result.Failure is { } failure ? $"{result.Name}: {failure}"
                    : $"{result.Name}: {result.Figures.Count(f => f.Agrees)} of {result.Figures.Count} figures as expected, {result.Took.TotalSeconds:0.0} s");
            return results.TrueForAll(r => r.Agrees) ? ExitCodes.Done : ExitCodes.Differs;
        });
        return command;
    }
}

/// <summary>Expected figures beside actual ones.</summary>
static class ScenarioTable
{
    public static Table Of(IReadOnlyList<Compared> figures) => Terminal.Table(
        ["scenario", "indicator", "county", "month", "scope", "reason", "as of", "expected", "actual", ""],
        figures.Select(f => new object?[]
        {
            f.Scenario, f.Expected.Indicator, f.Expected.County, f.Expected.Month, f.Expected.Scope, f.Expected.Reason, f.Expected.AsOf?.ToString(),
            ExpectedText(f.Expected), f.Actual.ToString(), f.Agrees ? "ok" : "DIFFERS",
        }));

    static string ExpectedText(Expectation e) => e.Denominator is { } of ? $"{e.Numerator}/{of} {e.Text}".TrimEnd() : $"{e.Numerator}";
}
