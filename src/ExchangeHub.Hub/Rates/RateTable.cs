using System.Text.Json.Serialization;
using ExchangeHub.Web.Components;

namespace ExchangeHub.Hub.Rates;

/// <summary>One figure with what it is made of.</summary>
/// <param name="Indicator">The definition's id.</param>
/// <param name="Version">The definition's version.</param>
/// <param name="Denominator"><c>null</c> for a count.</param>
public sealed record Figure(string Indicator, int Version, long Numerator, long? Denominator)
{
    /// <summary>As people read it: two decimals, half up, <c>100.00</c> only when all are in, <c>—</c> where nothing was due; a count as it is.</summary>
    public string Text => Denominator is { } of ? Percent.Of(Numerator, of) : Numerator.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The figures of one county, scope, kind, reason or month.</summary>
/// <param name="Key">Its code; empty in the total.</param>
/// <param name="Figures">By indicator id; every indicator is there.</param>
public sealed record RateRow(string Key, IReadOnlyDictionary<string, Figure> Figures);

/// <summary>A table of figures.</summary>
/// <param name="Month">The period: a month, or the first and last, <c>2025-03/2026-02</c>.</param>
/// <param name="AsOf">T, UTC: the same T never answers differently later.</param>
/// <param name="Cut">What the rows stand for.</param>
/// <param name="Total">Sums of counts; rates are never averaged.</param>
public sealed record RateTable(string Month, DateTimeOffset AsOf, RateCut Cut, IReadOnlyList<RateRow> Rows, RateRow Total);

/// <summary>Which obligations of a figure a list shows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ListPart>))]
public enum ListPart
{
    /// <summary>Those in the numerator.</summary>
    Numerator,
    /// <summary>All of the cohort.</summary>
    Denominator,
    /// <summary>Those of the cohort that are not in the numerator.</summary>
    Missing,
}

/// <summary>One obligation behind a figure, as it stood at T. No person stands here: the hub knows none.</summary>
public sealed record ListItem(Guid ExchangeId, int Ordinal, string Unit, string Counterpart, string Duty, string Kind, string Scope, string? Reason, bool Automatic,
    DateTimeOffset DeliveredAt, DateOnly? DueOn, DateTimeOffset? DueAt, DateTimeOffset? FulfilledAt, DateTimeOffset? WithdrawnAt);

/// <summary>A page of the list behind a figure, oldest delivery first.</summary>
/// <param name="Count">How many the whole list has: the figure itself.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
public sealed record RateList(string Indicator, int Version, ListPart Part, string Month, DateTimeOffset AsOf, long Count, IReadOnlyList<ListItem> Items, string? Next);
