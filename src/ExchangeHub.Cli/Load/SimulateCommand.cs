using System.CommandLine;
using ExchangeHub.Cli.Commands;

namespace ExchangeHub.Cli.Load;

/// <summary><c>exchangehub simulate</c>: many counties at work on real servers, measured.</summary>
static class SimulateCommand
{
    const int StandardCount = 1_000, CountMax = 1_000_000, DurationMax = 86_400, HubsMax = 8;

    public static Command Create()
    {
        var command = new ExampledCommand("simulate", "Counties ask each other on databases and a virtual host of their own, dropped at the end: hubs in processes of their own, a node host in this one. Prints full exchanges a second (request, acknowledgement, reply), latencies, CPU, connections and memory.",
            "simulate", "simulate --counties 100 --rate 50 --count 3000", "simulate --rate 20 --duration 60 --share-late 0.05 --share-returned 0.05", "simulate --rate 0 --count 5000 --json",
            "simulate --hubs 2 --count 4000", "simulate --waiting 100000 --count 1000 --in-flight 5");
        var counties = Number("--counties", 20, 2, 500, "How many counties, spread over the country.");
        var rate = new Option<double>("--rate") { Description = "Questions a second; 0: as fast as --in-flight allows.", DefaultValueFactory = _ => 0 };
        var count = Number("--count", StandardCount, 1, CountMax, "How many exchanges; with --duration at most so many, without end by default.");
        var duration = new Option<int?>("--duration") { Description = $"For how many seconds to ask, 1 to {DurationMax}; what is asked is answered beyond them." };
        duration.Validators.Add(result =>
        {
            if (result.GetValue(duration) is < 1 or > DurationMax)
                result.AddError($"--duration: 1 to {DurationMax}.");
        });
        var inFlight = Number("--in-flight", 200, 1, 5_000, "Most exchanges under way at once.");
        var seed = Number("--seed", 1, 0, int.MaxValue, "The same seed asks the same questions.");
        var late = Share("--share-late", 0, "Share of questions answered after their deadline: at the end business time jumps beyond it.");
        var returned = Share("--share-returned", 0, "Share of questions sent back.");
        var hubs = Number("--hubs", 1, 1, HubsMax, "Hub processes on one database and one broker.");
        var waiting = Number("--waiting", 0, 0, CountMax, "Questions that wait for one county more, whose node is away: everything is measured without them, while they wait, and while that county takes them in.");
        foreach (var option in new Option[] { counties, rate, count, duration, inFlight, seed, late, returned, hubs, waiting })
            command.Add(option);
        command.OnServers(async (parse, servers, terminal, cancel) =>
        {
            var seconds = parse.GetValue(duration);
            var most = seconds is not null && parse.GetResult(count) is null or { Implicit: true } ? CountMax : parse.GetValue(count);
            var plan = new SimulationPlan(parse.GetValue(counties), most, parse.GetValue(rate), parse.GetValue(inFlight), parse.GetValue(seed), parse.GetValue(late), parse.GetValue(returned), seconds,
                parse.GetValue(hubs), parse.GetValue(waiting));
            terminal.Say($"Enrolling {plan.Counties} counties");
            await using var bench = await SimulationBench.CreateAsync(servers, plan, terminal, cancel);
            var result = await terminal.ProgressAsync(seconds is { } s ? $"Asking for {s} s" : $"{plan.Count} exchanges", progress => bench.RunAsync(progress, cancel));
            terminal.Show(result, SimulationTable.Of);
            return result.IsWhole ? ExitCodes.Done : ExitCodes.Differs;
        });
        return command;
    }

    static Option<int> Number(string name, int standard, int least, int most, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is var value && (value < least || value > most))
                result.AddError($"{name}: {least} to {most}.");
        });
        return option;
    }

    static Option<double> Share(string name, double standard, string description)
    {
        var option = new Option<double>(name) { Description = description + " 0 to 1.", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is < 0 or > 1)
                result.AddError($"{name}: 0 to 1.");
        });
        return option;
    }
}
