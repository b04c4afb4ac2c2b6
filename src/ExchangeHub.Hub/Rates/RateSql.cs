using ExchangeHub.Web.Accounts;
using Npgsql;

namespace ExchangeHub.Hub.Rates;

/// <summary>Definition, filter and caller to SQL: one filter over <c>hub.obligations</c> each. Values travel as parameters only.</summary>
static class RateSql
{
    /// <summary>Counts of every indicator by key: rows of (id, key, numerator, cohort).</summary>
    public static NpgsqlCommand Counts(RateFilter filter, DateTimeOffset asOf, RateCut cut, CallerScope caller)
    {
        var command = new NpgsqlCommand();
        command.CommandText = string.Join("\nunion all\n", Indicators.All.Select(i =>
            $"select '{i.Id}', {KeyOf(i, cut)}, count(*) filter (where {MetBy(i)}), count(*) from hub.obligations where {CohortOf(i, filter, caller)} group by 2"));
        Bind(command, filter, asOf, caller);
        return command;
    }

    /// <summary>How many obligations stand behind a figure.</summary>
    public static NpgsqlCommand Count(Indicator indicator, ListPart part, RateFilter filter, DateTimeOffset asOf, CallerScope caller)
    {
        var command = new NpgsqlCommand($"select count(*) from hub.obligations where {CohortOf(indicator, filter, caller)} and {PartOf(indicator, part)}");
        Bind(command, filter, asOf, caller);
        return command;
    }

    /// <summary>The obligations behind a figure after a place in the list, as they stood at T.</summary>
    public static NpgsqlCommand List(Indicator indicator, ListPart part, RateFilter filter, DateTimeOffset asOf, CallerScope caller, ListPlace? after, int limit)
    {
        var command = new NpgsqlCommand($"""
            select exchange_id, ordinal, unit, counterpart, duty, kind, scope, reason, automatic and fulfilled_at <= @t, delivered_at, due_on, due_at,
                case when fulfilled_at <= @t then fulfilled_at end, case when withdrawn_at <= @t then withdrawn_at end
            from hub.obligations where {CohortOf(indicator, filter, caller)} and {PartOf(indicator, part)}
            {(after is null ? "" : $"and (delivered_at, exchange_id, ordinal) > {ListPlace.Parameters}")}
            order by delivered_at, exchange_id, ordinal limit @limit
            """);
        Bind(command, filter, asOf, caller);
        command.Parameters.AddWithValue("limit", limit);
        after?.Bind(command.Parameters);
        return command;
    }

    static string Subject(Indicator i) => i.OfAsker ? "counterpart" : "unit";

    static string KeyOf(Indicator i, RateCut cut) => cut switch
    {
        RateCut.County => Subject(i),
        RateCut.Scope => "scope",
        RateCut.Kind => "kind",
        RateCut.Reason => $"coalesce(reason, '{RateFilter.NoReason}')",
        RateCut.Month => $"to_char({(i.Cohort is Cohort.Due or Cohort.OverdueOpen ? "due_on" : "delivered_at at time zone 'Asia/Shanghai'")}, 'YYYY-MM')",
        _ => throw new InvalidOperationException($"No rows by {cut}."),
    };

    static string MetBy(Indicator i) => i.Met switch
    {
        Met.All => "true",
        Met.Done => "fulfilled_at <= @t",
        Met.DoneInTime => "fulfilled_at <= @t and fulfilled_at < due_at",
        _ => throw new InvalidOperationException($"No rule for {i.Met}."),
    };

    static string PartOf(Indicator i, ListPart part) => part switch
    {
        ListPart.Denominator => "true",
        ListPart.Numerator => $"({MetBy(i)})",
        _ => $"({MetBy(i)}) is not true",
    };

    static string CohortOf(Indicator i, RateFilter filter, CallerScope caller)
    {
        var subject = Subject(i);
        List<string> all = ["not test", "opened_at <= @t"];
        if (i.Cohort is not Cohort.Openings)
            all.Add("(ended_at is null or ended_at > @t)"); // a withdrawn or returned opening was sent and received all the same
        if (i.Duty is { } duty)
            all.Add($"duty = '{duty}'");
        all.Add(i.Cohort switch
        {
            Cohort.Delivered => "delivered_at >= @from and delivered_at < @until",
            Cohort.Due => "due_on between @first and @last and due_at <= @t",
            // The last bracket follows from the others and leads to indexes: open rows, and rows answered or ended since T, are few.
            Cohort.OverdueOpen => """
                due_at <= @t and (fulfilled_at is null or fulfilled_at > @t) and (withdrawn_at is null or withdrawn_at > @t)
                and ((fulfilled_at is null and ended_at is null) or fulfilled_at > @t or ended_at > @t)
                """,
            Cohort.Openings => "ordinal = 1 and delivered_at >= @from and delivered_at < @until",
            _ => throw new InvalidOperationException($"No rule for {i.Cohort}."),
        });
        if (i.Cohort is Cohort.OverdueOpen && filter.Months is not null)
            all.Add("due_on between @first and @last");
        if (filter.County is not null)
            all.Add($"{subject} = @county");
        if (filter.Scopes is { Count: > 0 })
            all.Add("scope = any(@scopes)");
        if (filter.Kind is not null)
            all.Add("kind = @kind");
        if (filter.Reason is not null)
            all.Add(filter.Reason == RateFilter.NoReason ? "reason is null" : "reason = @reason");
        all.Add(CallerSql.Within(caller, subject));
        return string.Join(" and ", all);
    }

    static void Bind(NpgsqlCommand command, RateFilter filter, DateTimeOffset asOf, CallerScope caller)
    {
        var values = command.Parameters;
        values.AddWithValue("t", asOf);
        values.AddWithValue("from", filter.Period.From);
        values.AddWithValue("until", filter.Period.Until);
        values.AddWithValue("first", filter.Period.First);
        values.AddWithValue("last", filter.Period.Last);
        if (filter.County is { } county)
            values.AddWithValue("county", county);
        if (filter.Scopes is { Count: > 0 } scopes)
            values.AddWithValue("scopes", scopes.Select(s => s.ToString()).ToArray());
        if (filter.Kind is { } kind)
            values.AddWithValue("kind", kind);
        if (filter.Reason is { } reason)
            values.AddWithValue("reason", reason);
        CallerSql.Bind(values, caller);
    }
}
