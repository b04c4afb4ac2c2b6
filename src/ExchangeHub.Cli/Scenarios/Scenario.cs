using System.Text.Json.Serialization;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>A story with known figures: counties, messages with times, and what the hub must say about them. See docs/scenarios.md.</summary>
/// <param name="StartAt">Where the business clock begins, Asia/Shanghai.</param>
/// <param name="Counties">Codes of GB/T 2260, enrolled before the first step.</param>
public sealed record Scenario(string Name, string About, LocalInstant StartAt, IReadOnlyList<string> Counties,
    IReadOnlyList<Step> Steps, IReadOnlyList<Expectation> Expect)
{
    [JsonPropertyName("$schema")] public string? Schema { get; init; }
    /// <summary>By county: how many invented certificates its register holds; they answer questions by themselves.</summary>
    public IReadOnlyDictionary<string, int>? Register { get; init; }
    /// <summary>Exchanges as they must stand at the scenario's end.</summary>
    public IReadOnlyList<ExchangeExpectation> Exchanges { get; init; } = [];
    /// <summary>What the hub must have of counties' days at the scenario's end.</summary>
    public IReadOnlyList<ReportExpectation> Reports { get; init; } = [];
}

/// <summary>One figure that the hub must answer.</summary>
/// <param name="Indicator">Id from the indicator table, or <c>sent</c>, <c>received</c>.</param>
public sealed record Expectation(string Indicator, string County)
{
    /// <summary><c>yyyy-MM</c>; absent for <c>overdue_open</c>.</summary>
    public string? Month { get; init; }
    public string? Scope { get; init; }
    public string? Reason { get; init; }
    /// <summary>Absent: at the scenario's end.</summary>
    public LocalInstant? AsOf { get; init; }
    public required long Numerator { get; init; }
    /// <summary>Absent for a count.</summary>
    public long? Denominator { get; init; }
    /// <summary>The figure as printed, such as <c>99.72</c> or <c>—</c>.</summary>
    public string? Text { get; init; }
}

/// <summary>How an exchange must stand, as the hub tells it.</summary>
/// <param name="Of">The name it was opened under.</param>
public sealed record ExchangeExpectation(string Of)
{
    /// <summary>Which one of that name, from 0.</summary>
    public int Skip { get; init; }
    [JsonConverter(typeof(JsonStringEnumConverter<Phase>))] public required Phase Phase { get; init; }
    /// <summary>The day that ends its latest term: of feedback, in a notice of the acknowledgement. Absent: pending.</summary>
    public DateOnly? DueOn { get; init; }
    /// <summary>The certificate's status that the asker's node was told; absent: none.</summary>
    public string? Status { get; init; }
    /// <summary>Its timeline, see <see cref="GivenExchange.Facts"/>.</summary>
    public required IReadOnlyList<string> Facts { get; init; }
}

/// <summary>What a county reported of a day, as the hub tells it.</summary>
public sealed record ReportExpectation(string County, StatisticsReport Report);
