using System.Globalization;
using ExchangeHub.Cli.Commands;
using Spectre.Console;

namespace ExchangeHub.Cli.Load;

static class SimulationTable
{
    public static Table Of(SimulationResult r) => Terminal.Table(["measured", "value"],
    [
        ["full exchanges a second", F($"{r.FullExchangesPerSecond:0.0} ({r.Answered + r.Returned} in {r.Seconds:0.0} s, {r.Plan.Counties} counties, seed {r.Plan.Seed})")],
        ["asked = answered + returned + late + failed", F($"{r.Asked} = {r.Answered} + {r.Returned} + {r.Late} + {r.Failed}")],
        ["lost / late, by the databases", F($"{r.Lost} / {r.LateAtHub}")],
        ["full exchange, ms (p50 / p90 / p99 / max)", Text(r.FullExchange)],
        ["one office to the other's worklist, ms", Text(r.OfficeToOffice) + (r.WithinTarget ? "  (all on its screen within 3 s)" : "  (NOT all on its screen within 3 s: a page looks every 2 s)")],
        .. r.Cpu.Select(c => (IReadOnlyList<object?>)[$"CPU {c.Process}", F($"{c.Seconds:0.0} s, {c.MillisecondsEach:0.00} ms an exchange")]),
    ]);

    static string Text(Latencies l) => F($"{l.P50:0} / {l.P90:0} / {l.P99:0} / {l.Max:0}");

    static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
