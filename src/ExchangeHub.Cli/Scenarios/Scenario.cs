using System.Text.Json.Serialization;

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
}

/// <summary>Something that happens at an instant. Times never go back from step to step.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(AskStep), "ask")]
[JsonDerivedType(typeof(AcknowledgeStep), "acknowledge")]
[JsonDerivedType(typeof(ReplyStep), "reply")]
[JsonDerivedType(typeof(ReturnStep), "return")]
[JsonDerivedType(typeof(WithdrawStep), "withdraw")]
[JsonDerivedType(typeof(HubStep), "hub")]
[JsonDerivedType(typeof(CalendarStep), "calendar")]
[JsonDerivedType(typeof(TickStep), "tick")]
public abstract record Step
{
    public required LocalInstant At { get; init; }
}

/// <summary>A county asks another, <see cref="Count"/> times, each time about another invented person.</summary>
public sealed record AskStep : Step
{
    public required string From { get; init; }
    public required string To { get; init; }
    public int Count { get; init; } = 1;
    /// <summary>The name by which later steps speak of these questions.</summary>
    public string? As { get; init; }
    public string? Reason { get; init; }
    public bool Urgent { get; init; }
    public bool Test { get; init; }
    /// <summary>Ask about certificates in the receiver's register: it answers by itself.</summary>
    public bool OnFile { get; init; }
}

/// <summary>A step that acts on questions asked before.</summary>
public abstract record ActStep : Step
{
    /// <summary>The <see cref="AskStep.As"/> of the questions.</summary>
    public required string Of { get; init; }
    /// <summary>How many of them, the ones asked first left out by <see cref="Skip"/>; absent: all the rest.</summary>
    public int? Count { get; init; }
    public int Skip { get; init; }
}

public sealed record AcknowledgeStep : ActStep;

public sealed record ReplyStep : ActStep
{
    public string Outcome { get; init; } = "Match";
    public string? Reason { get; init; }
}

public sealed record ReturnStep : ActStep
{
    public required string Reason { get; init; }
    public string? SuggestedTo { get; init; }
}

public sealed record WithdrawStep : ActStep
{
    public string? Reason { get; init; }
}

/// <summary>The hub stops or starts; counties go on and send when it is back.</summary>
public sealed record HubStep : Step
{
    public required HubState State { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<HubState>))]
public enum HubState
{
    [JsonStringEnumMemberName("stopped")] Stopped,
    [JsonStringEnumMemberName("started")] Started,
}

/// <summary>The table of a calendar year is loaded.</summary>
public sealed record CalendarStep : Step
{
    public required IReadOnlyList<CalendarDay> Days { get; init; }
}

/// <param name="Kind"><c>holiday</c>, or <c>workday</c> for a make-up day.</param>
public sealed record CalendarDay(DateOnly Date, string Kind, string Occasion);

/// <summary>Time passes, and the hub's deadline clock runs.</summary>
public sealed record TickStep : Step;

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
