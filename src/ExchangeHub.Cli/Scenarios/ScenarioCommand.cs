using System.CommandLine;
using ExchangeHub.Cli.Commands;
using Spectre.Console;

namespace ExchangeHub.Cli.Scenarios;

/// <summary><c>exchangehub scenario FILE…</c></summary>
static class ScenarioCommand
{
    public static Command Create()
    {
        var command = new ExampledCommand("scenario", "Play scenarios on real servers and compare the hub's figures and exchanges with the expected ones. Exit code 1 on a difference, 2 on a faulty file.",
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
            terminal.Show(results, ScenarioTable.Of);
            foreach (var result in results)
                terminal.Say(result.Failure is { } failure ? $"{result.Name}: {failure}"
                    : $"{result.Name}: {result.Figures.Count(f => f.Agrees)} of {result.Figures.Count} figures and {result.Exchanges.Count(e => e.Agrees)} of {result.Exchanges.Count} exchanges as expected, {result.Took.TotalSeconds:0.0} s");
            return results.TrueForAll(r => r.Agrees) ? ExitCodes.Done : ExitCodes.Differs;
        });
        return command;
    }
}

/// <summary>What was expected beside what the hub gave.</summary>
static class ScenarioTable
{
    public static Table Of(IReadOnlyList<ScenarioResult> results) => Terminal.Table(
        ["scenario", "figure or exchange", "county", "month", "scope", "reason", "as of", "expected", "actual", ""],
        results.SelectMany(r => r.Figures.Select(Row).Concat(r.Exchanges.Select(Row))));

    static object?[] Row(Compared f) =>
    [
        f.Scenario, f.Expected.Indicator, f.Expected.County, f.Expected.Month, f.Expected.Scope, f.Expected.Reason, f.Expected.AsOf?.ToString(),
        ExpectedText(f.Expected), f.Actual.ToString(), Verdict(f.Agrees),
    ];

    static object?[] Row(ComparedExchange e) =>
    [
        e.Scenario, e.Expected.Skip == 0 ? e.Expected.Of : $"{e.Expected.Of} {e.Expected.Skip}", null, null, null, null, null,
        GivenExchange.Text(e.Expected.Phase, e.Expected.DueOn, e.Expected.Status, e.Expected.Facts), e.Actual.ToString(), Verdict(e.Agrees),
    ];

    static string Verdict(bool agrees) => agrees ? "ok" : "DIFFERS";

    static string ExpectedText(Expectation e) => e.Denominator is { } of ? $"{e.Numerator}/{of} {e.Text}".TrimEnd() : $"{e.Numerator}";
}
