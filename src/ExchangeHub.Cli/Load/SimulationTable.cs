using System.Globalization;
using ExchangeHub.Cli.Commands;
using Spectre.Console;

namespace ExchangeHub.Cli.Load;

static class SimulationTable
{
    public static Table Of(SimulationResult r) => Terminal.Table(["measured", "value"],
    [
        ["asked = answered + returned + late + failed", F($"{r.Asked} = {r.Answered} + {r.Returned} + {r.Late} + {r.Failed}")],
        ["lost / late, by the databases", F($"{r.Lost} / {r.LateAtHub}")],
        .. r.Stretches.SelectMany(s => Rows(r, s)),
        ["all on the other's screen within 3 s (a page looks every 2 s)", r.WithinTarget ? "yes" : "NO"],
        .. r.Cpu.Select(c => (IReadOnlyList<object?>)[$"CPU {c.Process}", F($"{c.Seconds:0.0} s, {c.MillisecondsEach:0.00} ms an exchange")]),
        ["connections to the broker", F($"{r.Footprint.BrokerConnections}")],
        ["sessions at the database, hubs / node host", F($"{r.Footprint.HubDatabaseSessions} / {r.Footprint.NodeDatabaseSessions}")],
        ["memory, MiB: node host with its clerks / hubs", F($"{r.Footprint.NodeMemory} / {string.Join(", ", r.Footprint.HubMemory)}")],
    ]);

    static IEnumerable<IReadOnlyList<object?>> Rows(SimulationResult r, StretchResult s)
    {
        yield return ["", ""];
        yield return s.Beside switch
        {
            Beside.QuestionsWait => [F($"while {r.CatchingUp!.Waited} questions wait for a county that is away"), F($"asked in {r.CatchingUp.AskedInSeconds:0} s")],
            Beside.CountyCatchesUp => ["while that county takes them in", F($"all taken in after {r.CatchingUp!.CaughtUpInSeconds:0} s, this stretch took {s.Seconds:0} s")],
            _ => [F($"{r.Plan.Counties} counties, seed {r.Plan.Seed}"), F($"{r.Plan.Hubs} hub process(es)")],
        };
        yield return ["full exchanges a second", F($"{s.FullExchangesPerSecond:0.0} ({s.Full} in {s.Seconds:0.0} s)")];
        yield return ["full exchange, ms (p50 / p90 / p99 / max)", Text(s.FullExchange)];
        yield return ["one office to the other's worklist, ms", Text(s.OfficeToOffice)];
    }

    static string Text(Latencies l) => F($"{l.P50:0} / {l.P90:0} / {l.P99:0} / {l.Max:0}");

    static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
