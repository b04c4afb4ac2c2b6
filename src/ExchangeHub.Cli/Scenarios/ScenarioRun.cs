using System.Diagnostics;
using ExchangeHub.Cli.Worlds;

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

/// <summary>What came of a scenario.</summary>
/// <param name="Took">Real time, set-up included.</param>
/// <param name="Failure">Why it could not be played to its end; then there are no figures.</param>
public sealed record ScenarioResult(string Name, TimeSpan Took, IReadOnlyList<Compared> Figures, string? Failure = null)
{
    public bool Agrees => Failure is null && Figures.All(f => f.Agrees);
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
            var figures = await PlayAsync(world, scenario, progress, cancel);
            return new ScenarioResult(scenario.Name, watch.Elapsed, figures);
        }
        catch (Exception e) when (e is ScenarioFailedException or TimeoutException)
        {
            return new ScenarioResult(scenario.Name, watch.Elapsed, [], e.Message);
        }
    }

    /// <summary>Plays a scenario in a world whose counties are enrolled, and asks for its figures.</summary>
    public static async Task<IReadOnlyList<Compared>> PlayAsync(World world, Scenario scenario, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        await new ScenarioPlayer(world, progress).PlayAsync(scenario, cancel);
        // A figure as of a later instant is asked when that has come.
        if (scenario.Expect.Max(e => e.AsOf?.At) is { } latest && latest > world.Clocks.Now)
            await world.AdvanceToAsync(latest, cancel);
        var figures = new HubFigures(world.Installation.HubUrl, await world.OperatorTokenAsync(cancel));
        var compared = new List<Compared>();
        foreach (var expected in scenario.Expect)
            compared.Add(new Compared(scenario.Name, expected, await figures.AskAsync(expected, cancel)));
        return compared;
    }
}
