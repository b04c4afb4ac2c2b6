using System.Text.Json.Serialization;
using ExchangeHub.Contracts;

namespace ExchangeHub.Hub.Rates;

/// <summary>Which obligations a figure speaks of, in a period P and as of an instant T.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Cohort>))]
public enum Cohort
{
    /// <summary>Delivered in P, and not ended by T.</summary>
    Delivered,
    /// <summary>Due in P by the local day that ends the time, due time at or before T, and not ended by T.</summary>
    Due,
    /// <summary>Past due at T, not done, not withdrawn, not ended; P plays no part.</summary>
    OverdueOpen,
    /// <summary>Accepted opening messages of P, withdrawn and returned ones included.</summary>
    Openings,
}

/// <summary>Which obligations of the cohort count in the numerator.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Met>))]
public enum Met
{
    /// <summary>A count: there is no denominator.</summary>
    All,
    /// <summary>Done by T, late ones included.</summary>
    Done,
    /// <summary>Done by T and before the due time.</summary>
    DoneInTime,
}

/// <summary>The definition of one figure. Every figure names its id, version, as-of time, numerator and denominator.</summary>
/// <param name="Id">The name in interfaces and bulletins.</param>
/// <param name="Version">One more with each change of meaning.</param>
/// <param name="EffectiveFrom">First local day of periods this version holds for.</param>
/// <param name="Duty">One of <see cref="Duties"/>; <c>null</c> where openings are counted.</param>
/// <param name="OfAsker">It speaks of the county that asked; else of the one that owes.</param>
public sealed record Indicator(string Id, int Version, DateOnly EffectiveFrom, string? Duty, Cohort Cohort, Met Met, bool OfAsker = false)
{
    public bool IsRate => Met is not Met.All;
}

/// <summary>The figures this release knows.</summary>
public static class Indicators
{
    static readonly DateOnly Begin = new(2020, 1, 1);

    /// <summary>反馈率: answered by T of the requests delivered in P.</summary>
    public static Indicator FeedbackRate { get; } = new("feedback_rate", 1, Begin, Duties.Feedback, Cohort.Delivered, Met.Done);
    /// <summary>到期反馈率: answered by T of the requests due in P.</summary>
    public static Indicator DueFeedbackRate { get; } = new("due_feedback_rate", 1, Begin, Duties.Feedback, Cohort.Due, Met.Done);
    /// <summary>及时率: answered in time of the requests due in P.</summary>
    public static Indicator TimelinessRate { get; } = new("timeliness_rate", 1, Begin, Duties.Feedback, Cohort.Due, Met.DoneInTime);
    /// <summary>接收率: acknowledged by T of the messages delivered in P that owe an acknowledgement.</summary>
    public static Indicator ReceiptRate { get; } = new("receipt_rate", 1, Begin, Duties.Acknowledgement, Cohort.Delivered, Met.Done);
    /// <summary>过期信息: unanswered and past due at T.</summary>
    public static Indicator OverdueOpen { get; } = new("overdue_open", 1, Begin, Duties.Feedback, Cohort.OverdueOpen, Met.All);
    /// <summary>Opening messages a county sent in P.</summary>
    public static Indicator Sent { get; } = new("sent", 1, Begin, null, Cohort.Openings, Met.All, OfAsker: true);
    /// <summary>Opening messages a county received in P.</summary>
    public static Indicator Received { get; } = new("received", 1, Begin, null, Cohort.Openings, Met.All);

    public static IReadOnlyList<Indicator> All { get; } = [FeedbackRate, DueFeedbackRate, TimelinessRate, ReceiptRate, OverdueOpen, Sent, Received];

    public static Indicator? Find(string? id) => All.FirstOrDefault(i => i.Id == id);
}
