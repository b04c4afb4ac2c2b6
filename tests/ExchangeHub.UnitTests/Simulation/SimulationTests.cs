using System.Diagnostics;
using System.Globalization;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>Many counties' lives under a broker and a store that duplicate, delay, reorder and crash, held against an independent model. See README.md beside.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    const int StepsOfARun = 40_000;

    static readonly int firstSeed = Given("EXCHANGEHUB_SIMULATION_SEED", 1);
    static readonly int steps = Given("EXCHANGEHUB_SIMULATION_STEPS", 200_000);

    static int Given(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : otherwise;

    [Fact]
    public void Nothing_is_lost_nothing_doubled_and_all_sides_know_what_the_model_says()
    {
        var (begun, processor) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var (done, counts) = (0L, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var seed = firstSeed; done < steps; seed++)
        {
            var world = Run(seed, Math.Min(StepsOfARun, steps));
            done += world.Steps;
            foreach (var (what, count) in world.Witness.Counts)
                counts[what] = counts.GetValueOrDefault(what) + count;
        }
        var (minutes, used) = (Stopwatch.GetElapsedTime(begun).TotalMinutes, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMinutes);
        output.WriteLine($"{done:N0} steps, {done / minutes:N0} a minute ({done / used:N0} a minute of processor time)");
        foreach (var (what, count) in counts)
            output.WriteLine($"{count,8}  {what}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        var first = Run(firstSeed, 8_000).Witness.Trace;
        Run(firstSeed, 8_000).Witness.Trace.ShouldBe(first);
        Run(firstSeed + 1, 8_000).Witness.Trace.ShouldNotBe(first);
    }

    static World Run(int seed, int steps)
    {
        var world = new World(seed);
        try
        {
            world.Run(steps);
            return world;
        }
        catch (Exception e)
        {
            throw new SimulationException($"After {world.Steps} steps. Again with EXCHANGEHUB_SIMULATION_SEED={seed} EXCHANGEHUB_SIMULATION_STEPS={steps}. {e}");
        }
    }
}
