using System.Collections.Immutable;
using System.Globalization;
using ExchangeHub.Contracts.Wire;

namespace ExchangeHub.Hub.Deadlines;

/// <summary>When the hub tells something of a duty.</summary>
/// <param name="WorkingDays">Working days after the due day; negative: before it; 0: on it.</param>
/// <param name="At">Local clock time in Asia/Shanghai.</param>
public sealed record FollowUpStep(int WorkingDays, TimeOnly At)
{
    /// <summary>Text: <c>-1@09:00</c>, <c>0@15:00</c>, <c>3@09:00</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{WorkingDays}@{At:HH\\:mm}");

    /// <summary>Reads the text form; at most <see cref="DaysMax"/> working days to either side.</summary>
    public static FollowUpStep? Read(string text) =>
        text.Split('@') is [var days, var at]
        && int.TryParse(days, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && Math.Abs(n) <= DaysMax
        && TimeOnly.TryParseExact(at, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? new(n, time) : null;

    public const int DaysMax = 30;

    /// <summary>The instant of this step for a due date; <c>null</c> where the calendar does not reach it. What follows it counts from the last day
    /// on which there was time.</summary>
    public DateTimeOffset? InstantFor(Due due, WorkingCalendar calendar) =>
        (WorkingDays <= 0 ? calendar.Before(due.On, -WorkingDays) : calendar.After(due.LastDay, WorkingDays)) is { } day ? WireTime.At(day, At) : null;
}

/// <summary>How a province follows up what its counties owe, and how long an answer stays open. Each step is told once, to both sides.</summary>
/// <param name="Province">Six digits; <c>null</c>: every province.</param>
/// <param name="EffectiveFrom">First local day on which it holds.</param>
/// <param name="Reminders">When a duty is recalled.</param>
/// <param name="Escalation">When the province is told; <c>null</c>: never.</param>
/// <param name="DisputeWithin">Working days after the latest reply in which it may be disputed.</param>
/// <param name="CloseAfter">Working days after the latest reply at whose end the hub closes the exchange.</param>
public sealed record FollowUpPolicy(string? Province, DateOnly EffectiveFrom, ImmutableArray<FollowUpStep> Reminders, FollowUpStep? Escalation,
    int DisputeWithin, int CloseAfter)
{
    /// <summary>An overdue is told this long after the due time: a reply accepted just before it may still be on its way through a batch.</summary>
    public static readonly TimeSpan OverdueToldAfter = TimeSpan.FromMinutes(2);

    /// <summary>Working days after a return in which it may be contested: the wire's, no policy changes it.</summary>
    public const int ContestWithin = 2;

    /// <summary>Steps by blanks, in any order; what is no step is left out.</summary>
    public static ImmutableArray<FollowUpStep> ReadSteps(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(FollowUpStep.Read).OfType<FollowUpStep>()];

    /// <summary>What holds where nobody said otherwise: the day before in the morning, the day itself in the afternoon while there is time to answer,
    /// the morning after; the province on the third working day; five working days to dispute, ten to close.</summary>
    public static FollowUpPolicy Default { get; } = new(null, DateOnly.MinValue,
        [new(-1, new(9, 0)), new(0, new(15, 0)), new(1, new(9, 0))], new(3, new(9, 0)), DisputeWithin: 5, CloseAfter: 10);
}
