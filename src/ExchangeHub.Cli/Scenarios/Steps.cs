using System.Text.Json.Serialization;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Scenarios;

/// <summary>Something that happens at an instant. Times never go back from step to step.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(AskStep), "ask")]
[JsonDerivedType(typeof(AcknowledgeStep), "acknowledge")]
[JsonDerivedType(typeof(InterimStep), "interim")]
[JsonDerivedType(typeof(ReplyStep), "reply")]
[JsonDerivedType(typeof(ExtendStep), "extend")]
[JsonDerivedType(typeof(DecideStep), "decide")]
[JsonDerivedType(typeof(ReturnStep), "return")]
[JsonDerivedType(typeof(ContestStep), "contest")]
[JsonDerivedType(typeof(ResendStep), "resend")]
[JsonDerivedType(typeof(WithdrawStep), "withdraw")]
[JsonDerivedType(typeof(ConfirmStep), "confirm")]
[JsonDerivedType(typeof(DisputeStep), "dispute")]
[JsonDerivedType(typeof(RuleStep), "rule")]
[JsonDerivedType(typeof(ClarifyStep), "clarify")]
[JsonDerivedType(typeof(SignInStep), "sign-in")]
[JsonDerivedType(typeof(ReportStep), "report")]
[JsonDerivedType(typeof(HubStep), "hub")]
[JsonDerivedType(typeof(CalendarStep), "calendar")]
[JsonDerivedType(typeof(TickStep), "tick")]
public abstract record Step
{
    public required LocalInstant At { get; init; }
}

/// <summary>A step of counties in exchanges.</summary>
public abstract record ExchangeStep : Step
{
    /// <summary>The code with which the node or the hub must refuse it; nothing else may come of it then.</summary>
    public string? Refused { get; init; }
}

/// <summary>A county asks or tells another, <see cref="Count"/> times, each time about another invented person.</summary>
public sealed record AskStep : ExchangeStep
{
    public required string From { get; init; }
    public required string To { get; init; }
    /// <summary>An opening kind.</summary>
    public string Kind { get; init; } = Kinds.CertificateVerificationRequest;
    public int Count { get; init; } = 1;
    /// <summary>The name by which later steps speak of these exchanges.</summary>
    public string? As { get; init; }
    /// <summary>The name of earlier exchanges that these follow, one each, about the same people.</summary>
    public string? Follows { get; init; }
    /// <summary>A notice takes the place of the one that it follows.</summary>
    public bool Supersedes { get; init; }
    public string? Reason { get; init; }
    public bool Urgent { get; init; }
    public bool Test { get; init; }
    /// <summary>Ask about certificates in the receiver's register: it answers by itself.</summary>
    public bool OnFile { get; init; }
    /// <summary>The day whose state an assistance check asks about.</summary>
    public DateOnly? StateOn { get; init; }
}

/// <summary>A clerk of a county signs in at its node.</summary>
public sealed record SignInStep : Step
{
    public required string From { get; init; }
}

/// <summary>A county's node reports a day to the hub: what it counts, and whether a clerk was there.</summary>
public sealed record ReportStep : Step
{
    public required string From { get; init; }
    public required DateOnly On { get; init; }
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
