using System.CommandLine;
using System.Text.Json;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Cli.Demo;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Deadlines;
using ExchangeHub.Hub.Rates;
using ExchangeHub.Hub.Rulings;

namespace ExchangeHub.Cli.Calls;

/// <summary>A province's work at the hub: figures and the lists behind them, duties long overdue, rulings, how counties are followed up.</summary>
public static class HubCommands
{
    const string Id = "0198c7f2-6d1e-7c3a-9f10-3b2a4c5d6e7f";

    static readonly (string, string)[] Filter =
    [
        ("month", "Such as 2026-02; default: this month."), ("asOf", "As of an instant, 2026-03-01T00:00:00Z; default: now."),
        ("scope", "WithinCounty, WithinCity, WithinProvince, BetweenProvinces; several by comma."), ("kind", "An opening kind."), ("reason", "A request's reason code, or none."),
        ("county", "The county the figures speak of."), ("months", "So many months, the last is --month: 1 to 36."),
    ];

    public static IEnumerable<Command> All() => [Rates(), Escalations(), Ruling(), FollowUp()];

    static ExampledCommand Rates()
    {
        var rates = new ExampledCommand("rates", "The rates of a month by county, scope, kind, reason or month, with what each is made of.",
            "rates --month 2026-02", "rates --by month --county 330106 --json", "rates list --indicator timeliness_rate --part missing");
        var query = new QueryOptions(rates, [.. Filter, ("by", "county, scope, kind, reason or month.")]);
        Door.Hub.Run(rates, (parse, api, terminal, cancel) => api.ShowAsync(terminal, HttpMethod.Get, query.Path(parse, "rates"), null, cancel,
            table => RatesTable.Of(table.Deserialize<RateTable>(JsonSerializerOptions.Web)!, new Dictionary<string, string>())));

        var list = new ExampledCommand("list", "The obligations behind one figure.", "rates list --indicator timeliness_rate --part missing --month 2026-02");
        var which = new QueryOptions(list, [.. Filter, ("indicator", $"One of {string.Join(", ", Indicators.All.Select(i => i.Id))}."), ("part", "numerator, denominator or missing."),
            ("after", "Where a page before ended: its next."), ("limit", "Rows of a page.")]);
        Door.Hub.Run(list, (parse, api, terminal, cancel) => api.ShowAsync(terminal, HttpMethod.Get, which.Path(parse, "rates/list"), null, cancel,
            page => Tables.Rows(page.GetProperty("items"), "exchangeId", "unit", "counterpart", "duty", "kind", "scope", "reason", "deliveredAt", "dueOn", "fulfilledAt", "withdrawnAt"), Tables.Next));
        rates.Add(list);
        return rates;
    }

    static ExampledCommand Escalations()
    {
        var command = new ExampledCommand("escalations", "Duties of which the province was told, newest first.", "escalations", "escalations --account reviewer-zj --json");
        var query = new QueryOptions(command, [("after", "Where a page before ended: its next."), ("limit", "Rows of a page.")]);
        Door.Hub.Run(command, (parse, api, terminal, cancel) =>
            api.ShowAsync(terminal, HttpMethod.Get, query.Path(parse, "escalations"), null, cancel, Tables.Escalations, Tables.Next));
        return command;
    }

    static ExampledCommand Ruling()
    {
        var command = new ExampledCommand("ruling", "The province's reviewer rules on a reply that was maintained against a dispute, once.", $"ruling {Id} --outcome Upheld");
        var exchange = new Argument<Guid>("exchange") { Description = "The exchange's id." };
        command.Add(exchange);
        var options = new BodyOptions(command, typeof(RulingRequest), ("outcome", Codes.RulingOutcomes));
        Door.Hub.Run(command, async (parse, api, terminal, cancel) =>
            await api.ShowAsync(terminal, HttpMethod.Post, $"exchanges/{parse.GetValue(exchange)}/ruling", await options.ReadAsync(parse, cancel), cancel));
        return command;
    }

    static ExampledCommand FollowUp()
    {
        const string path = "policies/follow-up";
        var policy = new ExampledCommand("policy", "How a province follows up its counties.", "policy follow-up");
        var show = new ExampledCommand("follow-up", "Reminders, escalation, time to dispute and to close that hold today.", "policy follow-up", "policy follow-up --json",
            "policy follow-up set --effective-from 2026-03-01 --reminders \"-1@09:00 0@15:00\" --escalation 3@09:00 --dispute-within 5 --close-after 10");
        Door.Hub.Run(show, (_, api, terminal, cancel) => api.ShowAsync(terminal, HttpMethod.Get, path, null, cancel, Tables.FollowUp));
        var set = new ExampledCommand("set", "The province's reviewer sets them, from a day on; each time all of them.",
            "policy follow-up set --effective-from 2026-03-01 --reminders \"-1@09:00 0@15:00\" --escalation 3@09:00 --dispute-within 5 --close-after 10");
        var options = new BodyOptions(set, typeof(FollowUpTexts));
        Door.Hub.Run(set, async (parse, api, terminal, cancel) => await api.ShowAsync(terminal, HttpMethod.Put, path, await options.ReadAsync(parse, cancel), cancel));
        show.Add(set);
        policy.Add(show);
        return policy;
    }
}
