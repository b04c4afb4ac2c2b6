using System.Globalization;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Hub.Deadlines;

namespace ExchangeHub.Hub.Rates;

/// <summary>Local days, both inclusive (Asia/Shanghai).</summary>
public sealed record Period(DateOnly First, DateOnly Last)
{
    public DateTimeOffset From => WireTime.StartOf(First);
    /// <summary>The first instant after it.</summary>
    public DateTimeOffset Until => WireTime.StartOf(Last.AddDays(1));
    /// <summary>The month of its last day, <c>2026-02</c>.</summary>
    public string Month => NameOf(Last);
    /// <summary>Its month, or its first and last, <c>2025-03/2026-02</c>.</summary>
    public string Name => NameOf(First) == Month ? Month : $"{NameOf(First)}/{Month}";
    /// <summary>Its months, oldest first.</summary>
    public IEnumerable<string> Months
    {
        get
        {
            for (var day = First; day <= Last; day = day.AddMonths(1))
                yield return NameOf(day);
        }
    }

    static string NameOf(DateOnly day) => day.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static Period MonthOf(DateOnly day) => new(new DateOnly(day.Year, day.Month, 1), new DateOnly(day.Year, day.Month, 1).AddMonths(1).AddDays(-1));

    /// <summary>Reads <c>2026-02</c>; years 2000 to 2199.</summary>
    public static bool TryParseMonth(string? text, out Period period)
    {
        var valid = DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year is >= 2000 and < 2200;
        period = MonthOf(valid ? first : new DateOnly(2000, 1, 1));
        return valid;
    }
}

/// <summary>What the rows of a table stand for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RateCut>))]
public enum RateCut
{
    County,
    Scope,
    Kind,
    /// <summary>The request's reason; <see cref="RateFilter.NoReason"/> where none was given.</summary>
    Reason,
    /// <summary>The month in which an obligation is due, or was delivered, as the figure has it; every month of the period.</summary>
    Month,
}

/// <summary>Which obligations figures are made of. An absent member cuts nothing away.</summary>
/// <param name="AsOf">T, UTC; <c>null</c>: now. A T that cannot be answered for good yet is answered as of the latest that can.</param>
/// <param name="Scopes">Empty: every scope.</param>
/// <param name="Reason">A code, or <see cref="NoReason"/>.</param>
/// <param name="County">The county the figures speak of.</param>
/// <param name="Months">How many months the period has where it was asked for by number: what is overdue and open then counts in the month it was
/// due in, and only there. <c>null</c>: one month, and all that is overdue and open.</param>
public sealed record RateFilter(Period Period, DateTimeOffset? AsOf = null, IReadOnlyList<Scope>? Scopes = null, string? Kind = null, string? Reason = null, string? County = null,
    int? Months = null)
{
    /// <summary>A cut by month shows a year unless told.</summary>
    public const string MonthsShown = "12";
    const int MonthsMax = 36;

    /// <summary>Stands for requests without a reason.</summary>
    public const string NoReason = "none";

    /// <summary>Reads the texts of a request.</summary>
    /// <param name="month"><c>2026-02</c>; absent: the month of T.</param>
    /// <param name="asOf">An instant with its offset; absent: now.</param>
    /// <param name="scope">One or more of <see cref="Scope"/>, comma-separated.</param>
    /// <param name="now">The hub's business clock: a later T is refused.</param>
    /// <param name="months">1 to 36: the period is so many months and ends with <paramref name="month"/>.</param>
    public static RateFilter? Read(string? month, string? asOf, string? scope, string? kind, string? reason, string? county, DateTimeOffset now,
        out IReadOnlyList<Refusal> refusals, string? months = null)
    {
        var found = new List<Refusal>();
        refusals = found;
        DateTimeOffset? at = null;
        if (!string.IsNullOrEmpty(asOf))
        {
            if (!TryParseInstant(asOf, out var instant))
                found.Add(new("NotATime", "asOf"));
            else if (instant > now)
                found.Add(new("InFuture", "asOf"));
            else
                at = instant;
        }
        var period = Period.MonthOf(WireTime.DayOf(at ?? now));
        if (!string.IsNullOrEmpty(month) && !Period.TryParseMonth(month, out period))
            found.Add(new("NotAMonth", "month"));
        int? count = null;
        if (!string.IsNullOrEmpty(months))
        {
            if (int.TryParse(months, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= MonthsMax)
                (count, period) = (n, period with { First = period.First.AddMonths(1 - n) });
            else
                found.Add(new(RefusalCodes.MemberInvalid, "months"));
        }
        var scopes = new List<Scope>();
        foreach (var name in (scope ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Enum.TryParse<Scope>(name, out var one) && one.ToString() == name)
                scopes.Add(one);
            else if (!found.Exists(r => r.Field == "scope"))
                found.Add(new("CodeUnknown", "scope"));
        }
        if (!string.IsNullOrEmpty(kind) && !(Kinds.Submitted.TryGetValue(kind, out var rule) && rule.Opens))
            found.Add(new("CodeUnknown", "kind"));
        if (!string.IsNullOrEmpty(reason) && reason != NoReason && !Codes.RequestReasons.Contains(reason))
            found.Add(new("CodeUnknown", "reason"));
        if (!string.IsNullOrEmpty(county) && !Party.IsCounty(county))
            found.Add(new("CodeUnknown", "county"));
        return found.Count > 0 ? null : new RateFilter(period, at, scopes, Given(kind), Given(reason), Given(county), count);
    }

    static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    // A T without its offset would be read differently in another zone.
    static bool TryParseInstant(string text, out DateTimeOffset at)
    {
        var valid = DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
        at = at.ToUniversalTime();
        return valid;
    }
}
