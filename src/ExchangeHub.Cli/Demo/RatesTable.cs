using ExchangeHub.Cli.Commands;
using ExchangeHub.Hub.Rates;
using Spectre.Console;

namespace ExchangeHub.Cli.Demo;

/// <summary>The rates of a month by county, with what each is made of.</summary>
static class RatesTable
{
    static readonly string[] Rates = ["feedback_rate", "due_feedback_rate", "timeliness_rate", "receipt_rate"];
    static readonly string[] Counts = ["overdue_open", "received", "sent"];

    public static Table Of(RateTable table, IReadOnlyDictionary<string, string> names) => Terminal.Table(
        [table.Month, "", .. Rates, .. Counts],
        table.Rows.Append(table.Total).Select(row => (IReadOnlyList<object?>)
        [
            row.Key, names.GetValueOrDefault(row.Key, ""),
            .. Rates.Select(r => row.Figures[r]).Select(f => $"{f.Text} ({f.Numerator}/{f.Denominator})"),
            .. Counts.Select(c => (object?)row.Figures[c].Numerator),
        ]));
}
