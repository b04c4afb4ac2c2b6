using ExchangeHub.Contracts;
using ExchangeHub.Hub.Rates;
using Microsoft.AspNetCore.WebUtilities;

namespace ExchangeHub.Hub.Monitor;

/// <summary>The state of the pages about figures, as it stands in the address: month, T, scope, kind, reason, county, number of months.</summary>
/// <param name="AsOf">T as a local time of Asia/Shanghai, <c>2026-03-01T00:00</c>; absent: now.</param>
public sealed record RateAddress(string? Month, string? AsOf, string? Scope, string? Kind, string? Reason, string? County, string? Months = null)
{
    /// <summary>What the address asks for, or what is wrong with it.</summary>
    public RateFilter? Read(DateTimeOffset now, out IReadOnlyList<Refusal> refusals) =>
        RateFilter.Read(Month, Instant(AsOf), Scope, Kind, Reason, County, now, out refusals, Months);

    /// <summary>The table, cut another way or for another county.</summary>
    public string Table(RateCut cut) => (this with { Months = null }).At("/rates", ("cut", cut == RateCut.County ? null : cut.ToString()));

    /// <summary>The list behind a number of a row.</summary>
    /// <param name="key">The row's key; empty for the total.</param>
    public string List(Indicator indicator, ListPart part, RateCut cut, string key) => For(cut, key).At("/rates/list", ("indicator", indicator.Id), ("part", part.ToString()));

    /// <summary>A list's address, from a place on.</summary>
    public string List(Indicator indicator, ListPart part, string? after = null) => At("/rates/list", ("indicator", indicator.Id), ("part", part.ToString()), ("after", after));

    RateAddress For(RateCut cut, string key) => key.Length == 0 ? this : cut switch
    {
        RateCut.County => this with { County = key },
        RateCut.Scope => this with { Scope = key },
        RateCut.Kind => this with { Kind = key },
        RateCut.Month => this with { Month = key, Months = "1" },
        _ => this with { Reason = key },
    };

    string At(string path, params (string Name, string? Value)[] more) => QueryHelpers.AddQueryString(path,
        new (string Name, string? Value)[] { ("month", Month), ("asOf", AsOf), ("scope", Scope), ("kind", Kind), ("reason", Reason), ("county", County), ("months", Months) }.Concat(more)
            .Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => KeyValuePair.Create(p.Name, p.Value)));

    // A browser's time field knows no zone: what people type is the business zone's time.
    static string? Instant(string? local) =>
        string.IsNullOrEmpty(local) ? null : local.Length switch { 16 => $"{local}:00+08:00", 19 => $"{local}+08:00", _ => local };
}
