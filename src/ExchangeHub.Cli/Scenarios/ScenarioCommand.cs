using System.CommandLine;
using System.Text;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Client;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using Spectre.Console;

namespace ExchangeHub.Cli.Scenarios;

/// <summary><c>exchangehub scenario FILE…</c></summary>
static class ScenarioCommand
{
    public static Command Create()
    {
        var command = new ExampledCommand("scenario", "Play scenarios on real servers and compare what the hub says with what is expected. Exit code 1 on a difference, 2 on a faulty file.",
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
                terminal.Say($"{result.Name}: {result.Failure ?? $"{CountsOf(result)} as expected, {result.Took.TotalSeconds:0.0} s"}");
            return results.TrueForAll(r => r.Agrees) ? ExitCodes.Done : ExitCodes.Differs;
        });
        return command;
    }

    static string CountsOf(ScenarioResult result) => string.Join(", ",
        from part in new[]
        {
            (Agree: result.Figures.Count(f => f.Agrees), Of: result.Figures.Count, What: "figures"),
            (Agree: result.Exchanges.Count(e => e.Agrees), Of: result.Exchanges.Count, What: "exchanges"),
            (Agree: result.Reports.Count(r => r.Agrees), Of: result.Reports.Count, What: "reports"),
        }
        where part.Of > 0
        select $"{part.Agree} of {part.Of} {part.What}");
}

/// <summary>What was expected beside what the hub gave.</summary>
static class ScenarioTable
{
    public static Table Of(IReadOnlyList<ScenarioResult> results) => Terminal.Table(
        ["scenario", "what", "county", "month", "scope", "reason", "as of", "expected", "actual", ""],
        results.SelectMany(r => r.Figures.Select(Row).Concat(r.Exchanges.Select(Row)).Concat(r.Reports.Select(Row))));

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

    static object?[] Row(ComparedReport r) =>
    [
        r.Scenario, $"report of {WireTime.Format(r.Expected.Report.On)}", r.Expected.County, null, null, null, null,
        ReportText(r.Expected.Report), r.Actual is { } actual ? ReportText(actual) : "none", Verdict(r.Agrees),
    ];

    static string ReportText(StatisticsReport report) => Encoding.UTF8.GetString(Contents.Write(report));

    static string Verdict(bool agrees) => agrees ? "ok" : "DIFFERS";

    static string ExpectedText(Expectation e) => e.Denominator is { } of ? $"{e.Numerator}/{of} {e.Text}".TrimEnd() : $"{e.Numerator}";
}
