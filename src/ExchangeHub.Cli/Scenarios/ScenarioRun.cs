using System.Diagnostics;
using System.Text.Json.Serialization;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Rates;
using Microsoft.Extensions.DependencyInjection;
using TimelineFact = ExchangeHub.Hub.Rates.TimelineFact;
using ExchangeQueries = ExchangeHub.Node.Exchanges.ExchangeQueries;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>One expected figure beside the one the hub gave.</summary>
public sealed record Compared(string Scenario, Expectation Expected, GivenFigure Actual)
{
    public bool Agrees => Actual.Numerator == Expected.Numerator && Actual.Denominator == Expected.Denominator
        && (Expected.Text is null || Expected.Text == Actual.Text);
}

/// <summary>A figure as the hub gave it.</summary>
/// <param name="Denominator">Absent for a count.</param>
/// <param name="Text">As it is printed.</param>
public sealed record GivenFigure(long Numerator, long? Denominator, string Text)
{
    public override string ToString() => Denominator is { } of ? $"{Numerator}/{of} {Text}" : Text;
}

/// <summary>An exchange as it must stand beside the one the hub tells.</summary>
public sealed record ComparedExchange(string Scenario, ExchangeExpectation Expected, GivenExchange Actual)
{
    public bool Agrees => Actual.Phase == Expected.Phase && Actual.DueOn == Expected.DueOn && Actual.Status == Expected.Status && Actual.Facts.SequenceEqual(Expected.Facts);
}

/// <summary>An exchange as the hub tells it.</summary>
/// <param name="DueOn">The day that ends its latest term; <c>null</c> is pending.</param>
/// <param name="Status">The certificate's status that the asker's node was told: the one thing here that the hub does not know.</param>
/// <param name="Facts">Its timeline: a fact's stored name and what tells it from others of that name, such as <c>answered Match</c>, <c>due-moved Extended</c>,
/// <c>reminded feedback</c>.</param>
public sealed record GivenExchange([property: JsonConverter(typeof(JsonStringEnumConverter<Phase>))] Phase Phase, DateOnly? DueOn, string? Status, IReadOnlyList<string> Facts)
{
    public static GivenExchange Of(ExchangeView view, string? status) => new(view.Phase,
        (view.Obligations.LastOrDefault(o => o.Duty == Duties.Feedback) ?? view.Obligations[^1]).DueOn, status, [.. view.Timeline.Select(FactOf)]);

    static string FactOf(TimelineFact fact) =>
        $"{fact.What} {(fact.Upheld is { } upheld ? upheld ? "upheld" : "maintained" : fact.Outcome ?? fact.Reason ?? (fact.By is null ? fact.Duty : null))}".TrimEnd();

    public override string ToString() => Text(Phase, DueOn, Status, Facts);

    /// <summary>As a table shows it.</summary>
    internal static string Text(Phase phase, DateOnly? dueOn, string? status, IReadOnlyList<string> facts) =>
        $"{phase} {(dueOn is { } on ? WireTime.Format(on) : "pending")}{(status is null ? "" : " " + status)}: {string.Join(", ", facts)}";
}

/// <summary>A report as it must be beside the one the hub has.</summary>
/// <param name="Actual"><c>null</c>: it has none of that day.</param>
public sealed record ComparedReport(string Scenario, ReportExpectation Expected, StatisticsReport? Actual)
{
    public bool Agrees => Actual == Expected.Report;
}

/// <summary>What came of a scenario.</summary>
/// <param name="Took">Real time, set-up included.</param>
/// <param name="Failure">Why it could not be played to its end; then there is nothing to compare.</param>
public sealed record ScenarioResult(string Name, TimeSpan Took, IReadOnlyList<Compared> Figures, IReadOnlyList<ComparedExchange> Exchanges,
    IReadOnlyList<ComparedReport> Reports, string? Failure = null)
{
    public bool Agrees => Failure is null && Figures.All(f => f.Agrees) && Exchanges.All(e => e.Agrees) && Reports.All(r => r.Agrees);
}

/// <summary>Plays scenarios, each in a world of its own.</summary>
public static class ScenarioRun
{
    /// <param name="progress">Steps done, steps in all.</param>
    public static async Task<ScenarioResult> RunAsync(ServerAddresses servers, Scenario scenario, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await using var world = await World.CreateAsync(servers,
                new WorldOptions { Name = "scenario", Counties = scenario.Counties, StartAt = scenario.StartAt.At }, cancel);
            return await PlayAsync(world, scenario, progress, cancel) with { Took = watch.Elapsed };
        }
        catch (Exception e) when (e is ScenarioFailedException or TimeoutException)
        {
            return new ScenarioResult(scenario.Name, watch.Elapsed, [], [], [], e.Message);
        }
    }

    /// <summary>Plays a scenario in a world whose counties are enrolled, and asks for what it expects.</summary>
    public static async Task<ScenarioResult> PlayAsync(World world, Scenario scenario, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        var watch = Stopwatch.StartNew();
        var player = new ScenarioPlayer(world, progress);
        await player.PlayAsync(scenario, cancel);
        // A figure as of a later instant is asked when that has come.
        if (scenario.Expect.Max(e => e.AsOf?.At) is { } latest && latest > world.Clocks.Now)
            await world.AdvanceToAsync(latest, cancel);
        var hub = new HubInterface(world.Installation.HubUrl, await world.OperatorTokenAsync(cancel));
        var figures = new List<Compared>();
        foreach (var expected in scenario.Expect)
            figures.Add(new Compared(scenario.Name, expected, await hub.AskAsync(expected, cancel)));
        var exchanges = new List<ComparedExchange>();
        foreach (var expected in scenario.Exchanges)
        {
            var (id, asker) = player.ExchangeOf(expected.Of, expected.Skip);
            var atAsker = await world.Node.Services.GetRequiredService<ExchangeQueries>().FindAsync(asker, id, cancel);
            exchanges.Add(new ComparedExchange(scenario.Name, expected, GivenExchange.Of(await hub.ExchangeAsync(id, cancel), atAsker?.AnswerStatus)));
        }
        var reports = new List<ComparedReport>();
        foreach (var expected in scenario.Reports)
            reports.Add(new ComparedReport(scenario.Name, expected, await hub.ReportAsync(expected.County, expected.Report.On, cancel)));
        return new ScenarioResult(scenario.Name, watch.Elapsed, figures, exchanges, reports);
    }
}
